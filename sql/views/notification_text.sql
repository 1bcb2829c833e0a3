-- What each kind of notification says, in four languages.  {actor} is a name,
-- {title} the object's.
create or replace view notification_text with (security_invoker = true) as
select t.kind, t.language, t.text
  from (values ('', '', '')
       , ('seat_offered', 'en', 'A seat in {title} is yours if you want it')
       , ('seat_offered', 'nl', 'Er is een plaats voor je in {title}, als je wilt')
       , ('seat_offered', 'fr', 'Une place dans {title} est à vous si vous voulez')
       , ('seat_offered', 'de', 'In {title} ist ein Platz für Sie frei, wenn Sie möchten')
       , ('seat_offer_lapsed', 'en', 'The seat in {title} went to the next in line')
       , ('seat_offer_lapsed', 'nl', 'De plaats in {title} ging naar de volgende')
       , ('seat_offer_lapsed', 'fr', 'La place dans {title} est allée à la personne suivante')
       , ('seat_offer_lapsed', 'de', 'Der Platz in {title} ging an die nächste Person')
       , ('waiting_list_closed', 'en', 'The waiting list of {title} is closed')
       , ('waiting_list_closed', 'nl', 'De wachtlijst van {title} is gesloten')
       , ('waiting_list_closed', 'fr', 'La liste d''attente de {title} est close')
       , ('waiting_list_closed', 'de', 'Die Warteliste von {title} ist geschlossen')
) t (kind, language, text)
 where t.kind <> '';
