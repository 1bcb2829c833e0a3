insert into job (org_id, id, kind, requested_by, parameters)
values (:auth.org, :arg.job_id::uuid, :arg.kind, :auth.person,
        :arg.parameters::jsonb)
returning id, kind, state, version
