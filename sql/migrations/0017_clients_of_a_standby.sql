-- What is only read is read on a database that cannot be written, too: there
-- the use of a credential is not noted.

create or replace function use_machine_credential(kind text, hash bytea)
returns table (org_id uuid, org text, client_id uuid, credential_id uuid,
               scopes text, expires_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
begin
	if not current_setting('transaction_read_only')::boolean then
		update machine_credential k
		   set last_used_at = clock()
		  from machine_client c
		 where k.hash = use_machine_credential.hash
		   and k.kind = use_machine_credential.kind
		   and k.revoked_at is null
		   and (k.expires_at is null or k.expires_at > clock())
		   and (k.last_used_at is null
		        or k.last_used_at < clock() - interval '1 minute')
		   and c.org_id = k.org_id and c.id = k.client_id
		   and c.revoked_at is null;
	end if;
	return query
	select c.org_id, o.name, c.id, k.id, array_to_string(c.scopes, ' '),
	       k.expires_at
	  from machine_credential k
	  join machine_client c on c.org_id = k.org_id and c.id = k.client_id
	  join organisation o on o.id = k.org_id
	 where k.hash = use_machine_credential.hash
	   and k.kind = use_machine_credential.kind
	   and k.revoked_at is null
	   and (k.expires_at is null or k.expires_at > clock())
	   and c.revoked_at is null;
end
$$;

create or replace function use_machine_client(org text, client uuid, credential uuid)
returns table (org_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
begin
	if not current_setting('transaction_read_only')::boolean then
		update machine_credential k
		   set last_used_at = clock()
		  from organisation o
		 where o.name = use_machine_client.org
		   and k.org_id = o.id and k.id = use_machine_client.credential
		   and k.client_id = use_machine_client.client
		   and (k.last_used_at is null
		        or k.last_used_at < clock() - interval '1 minute');
	end if;
	return query
	select o.id
	  from organisation o
	  join machine_credential k
	    on k.org_id = o.id and k.id = use_machine_client.credential
	   and k.client_id = use_machine_client.client
	 where o.name = use_machine_client.org;
end
$$;
