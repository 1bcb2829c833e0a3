-- What each kind of notification says, in four languages.  {actor} is a name,
-- {title} the object's.
create or replace view notification_text with (security_invoker = true) as
select t.kind, t.language, t.text
  from (values ('', '', '')
	, ('skill_endorsed', 'en', '{actor} endorsed your skill “{title}”.')
	, ('skill_endorsed', 'nl', '{actor} bevestigt uw vaardigheid “{title}”.')
	, ('skill_endorsed', 'fr', '{actor} a confirmé votre compétence « {title} ».')
	, ('skill_endorsed', 'de', '{actor} bestätigt Ihre Fähigkeit „{title}“.')
	, ('skill_stale', 'en', 'The last day of your skill “{title}” is over: is it still so?')
	, ('skill_stale', 'nl', 'De laatste dag van uw vaardigheid “{title}” is voorbij: klopt ze nog?')
	, ('skill_stale', 'fr', 'Votre compétence « {title} » est arrivée à échéance : est-elle toujours d’actualité ?')
	, ('skill_stale', 'de', 'Ihre Fähigkeit „{title}“ ist abgelaufen: stimmt sie noch?')
) t (kind, language, text)
 where t.kind <> '';
