create or replace view teammate with (security_invoker = true) as
select mine.org_id, mine.person_id, theirs.person_id as mate_id,
       mine.team_id
  from present_employment mine
  join present_employment theirs
    on theirs.org_id = mine.org_id and theirs.team_id = mine.team_id
   and theirs.person_id <> mine.person_id;
