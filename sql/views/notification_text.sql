-- What each kind of notification says, in four languages.  {actor} is a name,
-- {title} the object's.
create or replace view notification_text with (security_invoker = true) as
select t.kind, t.language, t.text
  from (values ('', '', '')
) t (kind, language, text)
 where t.kind <> '';
