# Warum etwas hier nicht verkauft wird. Jedes Hauptwort ist ein Subjekt in der Einzahl, damit jeder
# Satz darunter mit ihm gebildet werden kann.

refusal-missing = Noch nicht erhältlich { $in }: Es fehlt { $what }.
refusal-progress = Noch nicht erhältlich { $in }: Beantragt ist { $what }.
refusal-expired = Zurzeit nicht erhältlich { $in }: Abgelaufen ist { $what }.
refusal-blocked = Zurzeit nicht erhältlich { $in }: Dem steht eine Anordnung entgegen ({ $authority }).
refusal-banned = Nicht erhältlich { $in }: Diese Produktart darf nicht eingeführt werden ({ $authority }).
refusal-unknown = Noch nicht erhältlich { $in }: Zu klären ist noch { $what }.
refusal-stage = Noch nicht erhältlich { $in }: Der Shop ist hier nicht geöffnet.
refusal-price = Noch nicht erhältlich { $in }: Es hat hier keinen Preis.
refusal-withdrawn = Zurzeit nicht erhältlich { $in }: Wir haben es aus dem Regal genommen.
refusal-sale = Der Verkauf ist ab { $date } geplant.
refusal-news = Mehr wissen wir voraussichtlich im { $month }.
refusal-open = Einen Termin gibt es noch nicht.
refusal-title = Worauf es wartet
refusal-lead = { $count ->
    [one] Eines steht noch zwischen diesem Produkt und dem Regal.
   *[other] { $count } Dinge stehen noch zwischen diesem Produkt und dem Regal.
 }

reason-missing = Fehlt
reason-progress = Beantragt
reason-expired = Abgelaufen
reason-blocked = Gesperrt
reason-unknown = Ungeklärt
reason-missing-change = Sobald es erteilt ist, steht dies dem Verkauf nicht mehr im Weg.
reason-progress-change = Wir warten auf die Antwort.
reason-expired-change = Sobald es erneuert ist, steht dies dem Verkauf nicht mehr im Weg.
reason-blocked-change = Es endet, wenn die Anordnung aufgehoben oder geändert wird.
reason-unknown-change = Solange wir es nicht wissen, sagen wir Nein.
reason-authority = Zuständig
reason-reference = Zeichen
reason-since = Seit
reason-until = Bis
reason-lead-label = Dauert üblicherweise
reason-lead = { $from }–{ $to } Wochen

what-accessibility = die Erklärung zur Barrierefreiheit
    .label = Barrierefreiheit
what-battery = die Konformitätserklärung für die Batterie
    .label = Batterierecht
what-blocker = eine Ausnahme für diese Produktart
    .label = Verbot dieser Produktart
what-chemicals = die Erklärung zu den Inhaltsstoffen
    .label = Stoffrecht
what-consumer = eine Unterlage nach Verbraucherrecht
    .label = Verbraucherrecht
what-corporate = eine Genehmigung für das Unternehmen
    .label = Unternehmen
what-customs = die Einfuhrregistrierung
    .label = Einfuhr
what-cyber = die Sicherheitsbewertung
    .label = Cybersicherheit
what-emc = der Nachweis der Störsicherheit
    .label = Störsicherheit
what-energy = die Energieangabe
    .label = Energieverbrauch
what-environment = die Registrierung für die Entsorgung
    .label = Entsorgung und Verpackung
what-export = die Ausfuhreinstufung
    .label = Ausfuhrkontrolle
what-interoperability = die Erklärung zum Ladeanschluss
    .label = Einheitliches Ladegerät
what-ip = die Lizenz für die Patente
    .label = Patente und Marken
what-label = die Kennzeichnung oder Anleitung für dieses Land
    .label = Kennzeichnung und Anleitung
what-licence = eine Lizenz für Software oder Funkzeichen
    .label = Vertragslizenzen
what-local-content = der Nachweis der Fertigung im Land
    .label = Fertigung im Land
what-network = die Abnahme durch die Netzbetreiber
    .label = Mobilfunknetze
what-radio = die Funkzulassung
    .label = Funkzulassung
what-safety = das Sicherheitszertifikat
    .label = Elektrische Sicherheit
what-transport = der Transporttest des Akkus
    .label = Akkutransport
what-order = das Ende einer Anordnung dagegen
    .label = Anordnung
what-stage = die Eröffnung des Shops
    .label = Eröffnung
what-price = ein Preis für dieses Land
    .label = Preis
what-withdrawn = unsere Entscheidung, es wieder zu verkaufen
    .label = Zurückgezogen
