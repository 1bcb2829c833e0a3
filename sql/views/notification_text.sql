-- What each kind of notification says, in four languages.  {actor} is a name,
-- {title} the object's.
create or replace view notification_text with (security_invoker = true) as
select t.kind, t.language, t.text
  from (values ('', '', '')
	, ('feedback_requested', 'en', '{actor} asks you for feedback: {title}')
	, ('feedback_requested', 'nl', '{actor} vraagt je feedback: {title}')
	, ('feedback_requested', 'fr', '{actor} vous demande un retour : {title}')
	, ('feedback_requested', 'de', '{actor} bittet Sie um Feedback: {title}')
	, ('feedback_received', 'en', '{actor} gave you feedback: {title}')
	, ('feedback_received', 'nl', '{actor} gaf je feedback: {title}')
	, ('feedback_received', 'fr', '{actor} vous a fait un retour : {title}')
	, ('feedback_received', 'de', '{actor} hat Ihnen Feedback gegeben: {title}')
	, ('feedback_declined', 'en', '{actor} cannot give feedback this time: {title}')
	, ('feedback_declined', 'nl', '{actor} kan deze keer geen feedback geven: {title}')
	, ('feedback_declined', 'fr', '{actor} ne peut pas faire de retour cette fois : {title}')
	, ('feedback_declined', 'de', '{actor} kann diesmal kein Feedback geben: {title}')
	, ('feedback_useful', 'en', '{actor} told you what became of your feedback: {title}')
	, ('feedback_useful', 'nl', '{actor} vertelde je wat er met je feedback gebeurde: {title}')
	, ('feedback_useful', 'fr', '{actor} vous dit ce que votre retour est devenu : {title}')
	, ('feedback_useful', 'de', '{actor} hat Ihnen gesagt, was aus Ihrem Feedback wurde: {title}')
) t (kind, language, text)
 where t.kind <> '';
