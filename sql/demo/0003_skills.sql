create temp table demo_skill (
	n int, kind text, parents int[], en text, nl text, fr text, de text,
	alt_en text, alt_nl text, about text
) on commit drop;

insert into demo_skill values
(1, 'group', '{}', 'Working together', 'Samenwerken', 'Travailler ensemble', 'Zusammenarbeiten', null, null, 'How we treat each other and get things done side by side.'),
(2, 'group', '{}', 'Digital tools', 'Digitale hulpmiddelen', 'Outils numériques', 'Digitale Werkzeuge', null, null, 'The programs that most of us open every day.'),
(3, 'group', '{2}', 'Software and data', 'Software en data', 'Logiciels et données', 'Software und Daten', null, null, 'Making programs and making sense of numbers.'),
(4, 'group', '{}', 'Languages', 'Talen', 'Langues', 'Sprachen', null, null, 'What we speak, and what colleagues and customers speak.'),
(5, 'group', '{}', 'Customers and sales', 'Klanten en verkoop', 'Clients et ventes', 'Kunden und Verkauf', null, null, 'From a first call to a complaint that ends well.'),
(6, 'group', '{}', 'Production and quality', 'Productie en kwaliteit', 'Production et qualité', 'Produktion und Qualität', null, null, 'What happens on the floor.'),
(7, 'group', '{}', 'Logistics and purchasing', 'Logistiek en aankoop', 'Logistique et achats', 'Logistik und Einkauf', null, null, 'Everything that comes in, lies here and goes out.'),
(8, 'group', '{6}', 'Engineering', 'Techniek', 'Ingénierie', 'Technik', null, null, 'Designing, measuring, repairing.'),
(9, 'group', '{6}', 'Safety and environment', 'Veiligheid en milieu', 'Sécurité et environnement', 'Sicherheit und Umwelt', null, null, 'Everybody home in one piece.'),
(10, 'group', '{1}', 'Learning and guiding', 'Leren en begeleiden', 'Apprendre et accompagner', 'Lernen und Begleiten', null, null, 'Learning from each other on purpose.'),
(11, 'group', '{1}', 'Organising work', 'Werk organiseren', 'Organiser le travail', 'Arbeit organisieren', null, null, 'Plans, meetings, and what becomes of them.'),
(12, 'group', '{}', 'Attitudes', 'Houdingen', 'Attitudes', 'Haltungen', null, null, 'What people notice before they notice what you know.'),
(13, 'tool', '{2}', 'Spreadsheets', 'Rekenbladen', 'Feuilles de calcul', 'Tabellenkalkulation', 'worksheets', 'spreadsheets', 'Tables that calculate: formulas, filters, charts.'),
(14, 'tool', '{2}', 'Excel', 'Excel-bestanden', 'Fichiers Excel', 'Excel-Dateien', 'pivot tables', 'draaitabellen', null),
(15, 'tool', '{2}', 'Slides that help', 'Presentaties maken', 'Créer des présentations', 'Präsentationen gestalten', 'slide decks', 'dia''s', null),
(16, 'tool', '{2}', 'Shared documents', 'Samen in documenten werken', 'Documents partagés', 'Gemeinsame Dokumente', 'co-editing', 'gedeelde documenten', null),
(17, 'tool', '{2}', 'Video meetings', 'Videovergaderen', 'Visioconférences', 'Videokonferenzen', 'online meetings', 'online vergaderen', null),
(18, 'tool', '{2,11}', 'Task boards', 'Takenborden', 'Tableaux de tâches', 'Aufgabentafeln', 'kanban board', 'kanbanbord', null),
(19, 'tool', '{2,5}', 'Customer database', 'Klantendatabank', 'Base de données clients', 'Kundendatenbank', 'CRM', 'CRM-systeem', 'Looking up, keeping and tidying what we know of customers.'),
(20, 'tool', '{2,7}', 'Stock system', 'Voorraadsysteem', 'Système de gestion des stocks', 'Lagerverwaltungssystem', 'warehouse management system', 'WMS', null),
(21, 'tool', '{3}', 'SQL', 'SQL-queries', 'Requêtes SQL', 'SQL-Abfragen', 'database queries', 'databankvragen', 'Asking a database a question and getting the right answer.'),
(22, 'tool', '{3}', 'Python', 'Python programmeren', 'Programmer en Python', 'Python-Programmierung', 'Python scripts', 'Python-scripts', null),
(23, 'tool', '{3}', 'JavaScript', 'JavaScript programmeren', 'Programmer en JavaScript', 'JavaScript-Programmierung', 'TypeScript', 'webprogrammeren', null),
(24, 'tool', '{3}', 'C', 'Programmeren in C', 'Programmer en C', 'C-Programmierung', 'embedded C', 'ingebedde software', null),
(25, 'tool', '{3}', 'Git', 'Versiebeheer met Git', 'Gestion de versions avec Git', 'Versionsverwaltung mit Git', 'version control', 'versiebeheer', null),
(26, 'method', '{3}', 'Test automation', 'Testautomatisering', 'Automatisation des tests', 'Testautomatisierung', 'automated tests', 'automatische testen', null),
(27, 'method', '{3}', 'Code review', 'Code nalezen', 'Revue de code', 'Code-Durchsicht', 'peer review of code', 'codereview', null),
(28, 'knowledge', '{3}', 'Linux servers', 'Linuxservers', 'Serveurs Linux', 'Linux-Server', 'system administration', 'systeembeheer', null),
(29, 'knowledge', '{3}', 'Network basics', 'Basiskennis netwerken', 'Bases des réseaux', 'Netzwerkgrundlagen', 'TCP/IP', 'netwerken', null),
(30, 'knowledge', '{3,9}', 'Information security', 'Informatiebeveiliging', 'Sécurité de l''information', 'Informationssicherheit', 'cyber security', 'cyberveiligheid', null),
(31, 'method', '{3}', 'Data visualisation', 'Gegevens in beeld brengen', 'Visualisation de données', 'Datenvisualisierung', 'dashboards', 'dashboards maken', null),
(32, 'knowledge', '{3}', 'Statistics', 'Statistiek', 'Statistiques', 'Statistik', 'statistical analysis', 'statistische analyse', null),
(33, 'knowledge', '{3}', 'Privacy rules', 'Privacyregels', 'Règles de protection des données', 'Datenschutzregeln', 'GDPR', 'AVG', 'What we may keep about people, and for how long.'),
(34, 'tool', '{3}', 'Asking an AI assistant', 'Vragen stellen aan een AI-assistent', 'Interroger un assistant IA', 'KI-Assistenten befragen', 'prompting', 'prompts schrijven', null),
(35, 'language', '{4}', 'Dutch', 'Nederlands', 'Néerlandais', 'Niederländisch', null, 'Vlaams', null),
(36, 'language', '{4}', 'French', 'Frans', 'Français', 'Französisch', null, null, null),
(37, 'language', '{4}', 'German', 'Duits', 'Allemand', 'Deutsch', null, null, null),
(38, 'language', '{4}', 'English', 'Engels', 'Anglais', 'Englisch', null, null, null),
(39, 'language', '{4}', 'Arabic', 'Arabisch', 'Arabe', 'Arabisch', null, null, null),
(40, 'language', '{4}', 'Turkish', 'Turks', 'Turc', 'Türkisch', null, null, null),
(41, 'language', '{4}', 'Spanish', 'Spaans', 'Espagnol', 'Spanisch', null, null, null),
(42, 'language', '{4}', 'Italian', 'Italiaans', 'Italien', 'Italienisch', null, null, null),
(43, 'language', '{4}', 'Polish', 'Pools', 'Polonais', 'Polnisch', null, null, null),
(44, 'language', '{4}', 'Flemish Sign Language', 'Vlaamse Gebarentaal', 'Langue des signes flamande', 'Flämische Gebärdensprache', null, 'gebarentaal', null),
(45, 'skill', '{4,10}', 'Plain language', 'Klare taal', 'Langage clair', 'Leichte Sprache', 'clear writing', 'helder schrijven', 'Writing so that everybody understands it the first time.'),
(46, 'skill', '{5}', 'Listening to customers', 'Luisteren naar klanten', 'Écouter les clients', 'Kunden zuhören', 'customer listening', null, null),
(47, 'skill', '{5}', 'Calming an angry caller', 'Een boze beller kalmeren', 'Apaiser un client en colère', 'Verärgerte Anrufer beruhigen', 'de-escalation', 'de-escaleren', 'Staying kind, finding the question behind the anger.'),
(48, 'method', '{5}', 'Handling complaints', 'Klachten behandelen', 'Traiter les réclamations', 'Beschwerden bearbeiten', 'complaint handling', 'klachtenbeheer', null),
(49, 'skill', '{5}', 'Negotiating', 'Onderhandelen', 'Négocier', 'Verhandeln', 'negotiation', 'onderhandeling', null),
(50, 'skill', '{5}', 'Closing a sale', 'Een verkoop afronden', 'Conclure une vente', 'Verkäufe abschließen', null, 'verkopen', null),
(51, 'method', '{5}', 'Making a quotation', 'Een offerte maken', 'Établir un devis', 'Angebote erstellen', 'quotes', 'offertes', null),
(52, 'knowledge', '{5}', 'Our products', 'Onze producten', 'Nos produits', 'Unsere Produkte', 'product knowledge', 'productkennis', null),
(53, 'knowledge', '{5}', 'Contract law in outline', 'Contractrecht in grote lijnen', 'Notions de droit des contrats', 'Vertragsrecht im Überblick', null, 'contracten', null),
(54, 'method', '{5}', 'Customer interviews', 'Klanten interviewen', 'Entretiens avec des clients', 'Kundeninterviews', 'user research', 'gebruikersonderzoek', null),
(55, 'skill', '{5}', 'Writing for the website', 'Schrijven voor de website', 'Écrire pour le site web', 'Texte für die Website', 'copywriting', 'webteksten', null),
(56, 'method', '{5}', 'Social media campaigns', 'Campagnes op sociale media', 'Campagnes sur les réseaux sociaux', 'Kampagnen in sozialen Medien', null, null, null),
(57, 'skill', '{5}', 'Telephone conversations', 'Telefoneren', 'Conversations téléphoniques', 'Telefonieren', 'phone calls', 'telefoongesprekken', null),
(58, 'skill', '{6}', 'Running the filling line', 'De vullijn bedienen', 'Conduire la ligne de remplissage', 'Die Abfüllanlage bedienen', 'operating the line', 'lijn bedienen', null),
(59, 'skill', '{6}', 'Changeovers', 'Machines ombouwen', 'Changements de série', 'Umrüsten', 'set-up', 'omstellen', 'Going from one product to the next without losing the morning.'),
(60, 'method', '{6}', '5S', '5S op de werkvloer', '5S à l''atelier', '5S am Arbeitsplatz', 'workplace order', 'orde op de werkplek', null),
(61, 'method', '{6}', 'Root cause analysis', 'Oorzaken zoeken', 'Analyse des causes', 'Ursachenanalyse', 'five whys', 'vijf keer waarom', null),
(62, 'skill', '{6}', 'Visual inspection', 'Visueel keuren', 'Contrôle visuel', 'Sichtprüfung', 'inspection', 'keuring', null),
(63, 'knowledge', '{6}', 'Food hygiene', 'Voedselhygiëne', 'Hygiène alimentaire', 'Lebensmittelhygiene', 'HACCP', 'HACCP-regels', null),
(64, 'method', '{6}', 'Internal audits', 'Interne audits', 'Audits internes', 'Interne Audits', 'ISO 9001', 'auditeren', null),
(65, 'skill', '{6,11}', 'Shift handover', 'Ploegoverdracht', 'Passation d''équipe', 'Schichtübergabe', 'handover', 'overdracht', null),
(66, 'method', '{6}', 'Measuring with calipers', 'Meten met de schuifmaat', 'Mesurer au pied à coulisse', 'Messen mit dem Messschieber', null, null, null),
(67, 'skill', '{6}', 'Packaging', 'Verpakken', 'Emballer', 'Verpacken', null, 'inpakken', null),
(68, 'skill', '{7}', 'Driving a forklift', 'Heftruck rijden', 'Conduire un chariot élévateur', 'Gabelstapler fahren', 'lift truck', 'vorkheftruck', null),
(69, 'skill', '{7}', 'Order picking', 'Bestellingen verzamelen', 'Préparer des commandes', 'Kommissionieren', 'picking', 'orderpicken', null),
(70, 'method', '{7}', 'Route planning', 'Ritten plannen', 'Planifier les tournées', 'Tourenplanung', 'transport planning', 'ritplanning', null),
(71, 'knowledge', '{7}', 'Customs', 'Douane', 'Douane et déclarations', 'Zoll', 'customs declarations', 'douaneaangiften', null),
(72, 'knowledge', '{7}', 'Incoterms', 'Incoterms-regels', 'Règles Incoterms', 'Incoterms-Regeln', 'delivery terms', 'leveringsvoorwaarden', null),
(73, 'method', '{7}', 'Stock counting', 'Voorraad tellen', 'Inventaire', 'Inventur', 'cycle counts', 'inventaris', null),
(74, 'skill', '{7}', 'Buying well', 'Goed aankopen', 'Bien acheter', 'Gut einkaufen', 'purchasing', 'inkopen', null),
(75, 'method', '{7}', 'Comparing suppliers', 'Leveranciers vergelijken', 'Comparer les fournisseurs', 'Lieferanten vergleichen', 'supplier selection', 'leverancierskeuze', null),
(76, 'skill', '{7}', 'Driving a lorry', 'Vrachtwagen rijden', 'Conduire un camion', 'Lkw fahren', 'truck driving', 'camion', null),
(77, 'skill', '{7,9}', 'Securing a load', 'Lading zekeren', 'Arrimer un chargement', 'Ladung sichern', null, 'ladingzekering', null),
(78, 'tool', '{8}', 'CAD', 'CAD-tekenen', 'Dessin en CAO', 'CAD-Zeichnen', 'technical drawing', 'technisch tekenen', null),
(79, 'skill', '{8}', 'Reading drawings', 'Tekeningen lezen', 'Lire des plans', 'Zeichnungen lesen', 'blueprints', 'plannen lezen', null),
(80, 'skill', '{8}', 'Welding', 'Lassen', 'Souder', 'Schweißen', 'TIG welding', 'TIG-lassen', null),
(81, 'skill', '{8}', 'Soldering', 'Solderen', 'Braser', 'Löten', null, null, null),
(82, 'knowledge', '{8}', 'Hydraulics', 'Hydraulica', 'Hydraulique', 'Hydraulik', null, null, null),
(83, 'knowledge', '{8}', 'Pneumatics', 'Pneumatica', 'Pneumatique', 'Pneumatik', 'compressed air', 'perslucht', null),
(84, 'tool', '{8}', 'PLC programming', 'PLC programmeren', 'Programmation d''automates', 'SPS-Programmierung', 'controllers', 'sturingen', null),
(85, 'method', '{8}', 'Fault finding', 'Storingen zoeken', 'Recherche de pannes', 'Fehlersuche', 'troubleshooting', 'storingzoeken', 'Finding out calmly why a machine stands still.'),
(86, 'method', '{8}', 'Preventive maintenance', 'Preventief onderhoud', 'Entretien préventif', 'Vorbeugende Wartung', null, 'onderhoud', null),
(87, 'tool', '{8}', '3D printing', '3D-printen', 'Impression 3D', '3D-Druck', 'additive manufacturing', '3D printen', null),
(88, 'method', '{8}', 'Usability testing', 'Bruikbaarheid testen', 'Tests d''utilisabilité', 'Usability-Tests', null, 'gebruikerstests', null),
(89, 'skill', '{9}', 'First aid', 'Eerste hulp', 'Premiers secours', 'Erste Hilfe', 'CPR', 'EHBO', 'What to do until the ambulance is there; the certificate lasts a year.'),
(90, 'skill', '{9}', 'Evacuation warden', 'Evacuatieverantwoordelijke', 'Responsable d''évacuation', 'Evakuierungshelfer', 'fire warden', 'evacuatie', null),
(91, 'knowledge', '{9}', 'Working at height', 'Werken op hoogte', 'Travail en hauteur', 'Arbeiten in der Höhe', null, null, null),
(92, 'knowledge', '{9}', 'Dangerous substances', 'Gevaarlijke stoffen', 'Substances dangereuses', 'Gefahrstoffe', 'chemicals', 'chemische stoffen', null),
(93, 'method', '{9}', 'Risk assessment', 'Risico''s inschatten', 'Évaluation des risques', 'Gefährdungsbeurteilung', null, 'risicoanalyse', null),
(94, 'method', '{9}', 'Lifting without pain', 'Heffen en tillen', 'Soulever sans se blesser', 'Rückenschonend heben', 'ergonomics', 'ergonomie', null),
(95, 'method', '{9}', 'Sorting waste', 'Afval sorteren', 'Trier les déchets', 'Abfall trennen', 'recycling', 'recycleren', null),
(96, 'method', '{9}', 'Saving energy', 'Energie besparen', 'Économiser l''énergie', 'Energie sparen', null, 'energiebesparing', null),
(97, 'method', '{10}', 'Showing somebody how', 'Voordoen en uitleggen', 'Montrer comment faire', 'Etwas vormachen und erklären', 'on the job training', 'werkplekleren', 'Teaching at the machine or the desk, at the pace of the other.'),
(98, 'method', '{10}', 'Peer coaching', 'Collegiaal coachen', 'Coaching entre pairs', 'Kollegiales Coaching', 'intervision', 'intervisie', 'Thinking along without taking over.'),
(99, 'method', '{10}', 'Facilitating a group', 'Een groep begeleiden', 'Animer un groupe', 'Gruppen moderieren', 'facilitation', 'groepen faciliteren', null),
(100, 'method', '{10,1}', 'Giving feedback', 'Feedback geven', 'Donner du feedback', 'Feedback geben', 'constructive feedback', 'opbouwende feedback', 'Saying what helps, with an example and a next step.'),
(101, 'method', '{10}', 'Asking open questions', 'Open vragen stellen', 'Poser des questions ouvertes', 'Offene Fragen stellen', null, 'doorvragen', null),
(102, 'method', '{10}', 'Welcoming newcomers', 'Nieuwkomers verwelkomen', 'Accueillir les nouveaux', 'Neue Kollegen begleiten', 'buddy', 'peter of meter zijn', null),
(103, 'method', '{10}', 'Writing a manual', 'Een handleiding schrijven', 'Rédiger un mode d''emploi', 'Anleitungen schreiben', 'technical writing', 'werkinstructies', null),
(104, 'method', '{10}', 'Storytelling', 'Verhalen vertellen', 'Raconter des histoires', 'Geschichten erzählen', null, null, null),
(105, 'skill', '{1}', 'Solving conflicts', 'Conflicten oplossen', 'Résoudre des conflits', 'Konflikte lösen', 'mediation', 'bemiddelen', null),
(106, 'skill', '{1,10}', 'Leading a team', 'Een team leiden', 'Diriger une équipe', 'Ein Team leiten', 'team leadership', 'leidinggeven', null),
(107, 'skill', '{1}', 'Working across languages', 'Samenwerken over taalgrenzen', 'Collaborer entre langues', 'Über Sprachgrenzen arbeiten', null, 'meertalig werken', null),
(108, 'method', '{11}', 'Chairing a meeting', 'Een vergadering leiden', 'Présider une réunion', 'Besprechungen leiten', 'meetings', 'vergaderen', null),
(109, 'method', '{11}', 'Project management', 'Projectmanagement', 'Gestion de projet', 'Projektmanagement', 'running a project', 'projectleiding', 'Bringing a piece of work to its end, together.'),
(110, 'method', '{11}', 'Scrum', 'Scrum in de praktijk', 'Scrum en pratique', 'Scrum in der Praxis', 'sprints', 'agile werken', null),
(111, 'method', '{11}', 'Planning a week', 'Een week plannen', 'Planifier une semaine', 'Die Woche planen', 'time management', 'timemanagement', null),
(112, 'method', '{11}', 'Budgeting', 'Begroten', 'Établir un budget', 'Budgetplanung', null, 'budgetten', null),
(113, 'method', '{11}', 'Retrospectives', 'Terugblikken', 'Rétrospectives', 'Rückblicke', 'retros', 'retrospectives', null),
(114, 'method', '{11}', 'Taking minutes', 'Notuleren', 'Rédiger un compte rendu', 'Protokoll führen', 'note taking', 'verslag maken', null),
(115, 'attitude', '{12}', 'Curiosity', 'Nieuwsgierigheid', 'Curiosité', 'Neugier', null, null, null),
(116, 'attitude', '{12}', 'Patience', 'Geduld', 'La patience', 'Geduld haben', null, null, null),
(117, 'attitude', '{12}', 'Daring to ask', 'Durven vragen', 'Oser demander', 'Fragen wagen', null, null, 'Asking before it goes wrong; the one who asks helps the others too.'),
(118, 'attitude', '{12}', 'Sharing mistakes', 'Fouten delen', 'Partager ses erreurs', 'Fehler teilen', null, null, null),
(119, 'attitude', '{12}', 'Taking initiative', 'Initiatief nemen', 'Prendre l''initiative', 'Initiative ergreifen', null, null, null),
(120, 'attitude', '{12}', 'Accuracy', 'Nauwkeurigheid', 'Précision', 'Genauigkeit', null, 'precisie', null),
(121, 'knowledge', '{11}', 'Labour law in outline', 'Arbeidsrecht in grote lijnen', 'Notions de droit du travail', 'Arbeitsrecht im Überblick', null, 'arbeidswet', null),
(122, 'method', '{10}', 'Recruiting fairly', 'Eerlijk aanwerven', 'Recruter équitablement', 'Fair einstellen', 'interviewing', 'rekruteren', null),
(123, 'tool', '{11}', 'Payroll program', 'Loonprogramma', 'Logiciel de paie', 'Lohnprogramm', null, 'loonadministratie', null),
(124, 'knowledge', '{11}', 'Bookkeeping', 'Boekhouden', 'Comptabilité', 'Buchhaltung', 'accounting', 'boekhouding', null),
(125, 'tool', '{2}', 'Fax machine', 'Faxtoestel', 'Télécopieur', 'Faxgerät', null, null, null),
(126, 'tool', '{2}', 'Overhead projector', 'Overheadprojector', 'Rétroprojecteur', 'Tageslichtprojektor', null, null, null),
(127, 'method', '{5}', 'Cold calling', 'Koud bellen', 'Démarchage téléphonique', 'Kaltakquise', null, null, null),
(128, 'skill', '{1}', 'Making good coffee', 'Goede koffie zetten', 'Préparer un bon café', 'Guten Kaffee kochen', null, 'koffie zetten', null),
(129, 'method', '{10}', 'Lunch talks', 'Lunchpraatjes geven', 'Causeries du midi', 'Mittagsvorträge', 'brown bag', 'broodjeslunch', null),
(130, 'skill', '{9}', 'Repairing bicycles', 'Fietsen herstellen', 'Réparer des vélos', 'Fahrräder reparieren', null, 'fietsherstelling', null),
(131, 'skill', '{5}', 'Photographing products', 'Producten fotograferen', 'Photographier des produits', 'Produktfotografie', null, 'productfotografie', null),
(132, 'tool', '{3}', 'Regular expressions', 'Reguliere expressies', 'Expressions régulières', 'Reguläre Ausdrücke', 'regex', null, null),
(133, 'method', '{10}', 'Explaining with drawings', 'Uitleggen met tekeningen', 'Expliquer en dessinant', 'Mit Zeichnungen erklären', 'sketchnotes', null, null),
(134, 'skill', '{1}', 'Small talk in Dutch', 'Koetjes en kalfjes', 'Bavarder en néerlandais', 'Plaudern auf Niederländisch', null, null, null),
(135, 'method', '{11}', 'Project work', 'Projectwerk', 'Travail par projet', 'Projektarbeit', 'working in projects', 'projectmatig werken', null),
(136, 'method', '{10}', 'Feedback talks', 'Feedbackgesprekken', 'Entretiens de feedback', 'Feedbackgespräche', null, null, null);

insert into skill (org_id, id, kind, state, labels, alt_labels, descriptions,
	suggested_by, edited, created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(d.n), 2, '0'))::uuid,
       d.kind,
       case when d.n in (125, 126, 127) then 'deprecated'
            when d.n between 128 and 134 then 'suggested'
            else 'active' end,
       jsonb_build_object('en', d.en, 'nl', d.nl, 'fr', d.fr, 'de', d.de),
       jsonb_strip_nulls(jsonb_build_object('en',
	case when d.alt_en is not null then jsonb_build_array(d.alt_en) end,
	'nl',
	case when d.alt_nl is not null then jsonb_build_array(d.alt_nl) end)),
       case when d.about is null then '{}'
            else jsonb_build_object('en', d.about) end,
       case when d.n between 128 and 134 then (
		select p.id
		  from person p
		 where p.org_id = '01923c1b-7100-7000-8000-000000000001'
		   and p.user_name = (array['griet', 'els', 'tom', 'emma',
			'felix', 'mieke', 'els'])[d.n - 127]) end,
       '{alt_labels.en,alt_labels.nl,descriptions.en,kind,labels.de,labels.en,labels.fr,labels.nl,parents,relations,state}',
       clock() - make_interval(days => 700 - d.n * 5),
       clock() - make_interval(days => 700 - d.n * 5)
  from demo_skill d;

update skill s
   set successor_id = ('01923c1b-7100-7000-8000-000000000d' || x.next)::uuid
  from (values ('7d', '10'), ('7e', '0f'), ('7f', '39')) x (old, next)
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = ('01923c1b-7100-7000-8000-000000000d' || x.old)::uuid;

insert into skill_parent (org_id, skill_id, parent_id)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(d.n), 2, '0'))::uuid,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(p), 2, '0'))::uuid
  from demo_skill d
 cross join unnest(d.parents) p;

insert into skill_relation (org_id, skill_id, type, related_id)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(r.a), 2, '0'))::uuid, r.type,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(r.b), 2, '0'))::uuid
  from (values
	(110, 'helped_by', 113), (110, 'helped_by', 18),
	(109, 'helped_by', 111), (109, 'helped_by', 112),
	(109, 'similar', 110), (31, 'requires', 32),
	(31, 'helped_by', 13), (26, 'requires', 25),
	(27, 'requires', 100), (48, 'requires', 46),
	(48, 'helped_by', 47), (51, 'requires', 52),
	(77, 'similar', 94), (71, 'helped_by', 72),
	(84, 'requires', 79), (85, 'helped_by', 79),
	(85, 'similar', 61), (86, 'helped_by', 85),
	(98, 'requires', 101), (98, 'similar', 99),
	(106, 'requires', 100), (106, 'helped_by', 105),
	(97, 'helped_by', 116), (103, 'requires', 45),
	(54, 'requires', 101)
  ) r (a, type, b);

insert into skill_reference (org_id, skill_id, scheme, external_id)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000d' || r.skill)::uuid,
       'internal', r.id
  from (values ('59', 'SAFE-01'), ('5a', 'SAFE-02'), ('44', 'LOG-04'),
	('6d', 'ORG-09'), ('3f', 'QUAL-02')) r (skill, id);

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select w.org_id, w.skill_id, w.language, w.normalized, w.kind, w.live
  from wanted_skill_label w
 where w.org_id = '01923c1b-7100-7000-8000-000000000001';

insert into skill_name (org_id, skill_id, language, sort)
select w.org_id, w.skill_id, w.language, w.sort
  from wanted_skill_name w
 where w.org_id = '01923c1b-7100-7000-8000-000000000001';

update skill s
   set parents = d.parents, relations = d.relations,
       external_refs = d.external_refs
  from skill_document d
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and d.org_id = s.org_id and d.id = s.id;
