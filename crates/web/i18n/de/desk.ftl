# Der Bereich für Mitarbeiter: Bestellungen, Kunden, Aufträge, Zahlen, Suche.

desk-find = Suchen
desk-find-hint = Nummer, Name, E-Mail, Teil der Telefonnummer, SKU …
desk-find-what = Was sich suchen lässt
desk-find-keys = „/“ führt von jeder Seite ins Suchfeld, die Pfeiltasten durch das Gefundene, Enter öffnet es. Mehrere Wörter grenzen ein.
desk-found = Gefunden
desk-found-none = Zu „{ $what }“ wurde nichts gefunden.
desk-found-first = die ersten { $count }
desk-found-more = Es gibt mehr. Ein weiteres Wort grenzt es ein.
desk-found-on = Weitersuchen
desk-found-looked = Das sind nicht alle: Zu viele Nummern beginnen so, um sie auf einmal durchzusehen.
desk-rules = Regeln und Anordnungen von Behörden
desk-documents = Dokumente
find-by-orders = Nummer oder ihr Anfang, Name, E-Mail-Adresse, mindestens vier Ziffern am Stück aus einer Telefonnummer, Postleitzahl, SKU
find-by-customers = was eine ihrer Bestellungen findet, oder die ganze E-Mail-Adresse
find-by-serials = mindestens drei Zeichen vom Anfang
find-by-products = Anfang der SKU, Name
find-by-rules = Code, was verlangt wird, Behörde, Aktenzeichen
find-by-grants = Code, Nummer der Behörde, Aussteller, was freigegeben ist
find-by-documents = Name der Datei, sechs Zeichen des Hashs
find-by-withdrawals = Code, Grund, was zurückgezogen ist
find-by-sales = Titel, Kennung
find-by-resellers = Name der Firma, Code eines Vertrags, die ganze E-Mail-Adresse
find-by-people = Name, Anfang der E-Mail-Adresse
find-by-letters = Kennung; die Briefe einer Bestellung stehen auf ihrer Seite
find-by-markets = Code, Land
find-by-builds = Gerät, Version
find-by-places = ein Wort ihres Namens
desk-products = Produkte
desk-grants = Nachweise
desk-sales = Verkäufe
desk-builds = Builds
desk-customers = Kunden
desk-orders = Bestellungen
desk-orders-none = Solche Bestellungen gibt es nicht.
desk-all = Alle
desk-day = Tag
desk-next = Weiter
desk-goods = Ware
desk-units = Stück
desk-each = Einzeln
desk-total = Summe
desk-shipping = Versand
desk-tax-in-it = darin { $tax } Steuer
desk-verdict-then = Beim Verkauf
desk-verdict-now = Lieferung heute
desk-facts = Fakten { $version }
desk-not-known = nicht mehr bekannt
desk-timeline = Was geschehen ist
desk-happened-placed = Aufgegeben
desk-happened-captured = { $amount } eingezogen
desk-happened-refunded = { $amount } zurückgegeben
desk-happened-returned = { $units } × { $sku } kam zurück und kann wieder verkauft werden
desk-happened-scrapped = { $units } × { $sku } kam zurück und wurde verschrottet
desk-deposits = Anzahlungen
desk-deposit-open = gewünscht, nicht bezahlt
desk-deposit-paying = wird bezahlt
desk-deposit-failed = Zahlung gescheitert
desk-deposit-lapsed = nicht bezahlt, Eingaben gelöscht
desk-deposit-held = für einen Platz in der Reihe verwahrt
desk-deposit-applied = auf eine Bestellung angerechnet
desk-deposit-returned = zurückgegeben
desk-deposit-paid = bezahlt am { $date }
desk-deposit-left = ({ $left } davon nicht zurückgegeben)
desk-happened-applied = Eine Anzahlung von { $amount } wurde angerechnet
desk-happened-unapplied = { $amount } der Anzahlung gingen zurück
desk-happened-voided = Verkauf aufgehoben
desk-notes = Notizen
desk-notes-none = Niemand hat etwas aufgeschrieben.
desk-note = Eine Notiz für die Kollegen
desk-note-write = Aufschreiben
desk-customer = Kunde
desk-ship-to = Geht an
desk-language = Gekauft auf { $language }
desk-payment = Zahlung
desk-paid-by = Über
desk-captured = Eingezogen
desk-refunded = Zurückgegeben
desk-refund-sent = Überwiesen.
desk-refund-waits = Der Anbieter wird noch gefragt.
desk-return = Ware zurücknehmen
desk-return-bad = Stückzahlen sind ganze Zahlen.
desk-return-good = Stück, die wieder verkauft werden können
desk-return-hint = Geht auf jeder Stufe des Marktes, auch wenn er geschlossen ist. Geld bewegt es nicht: Das gibt das eigene Formular zurück.
desk-return-scrapped = Stück, die verschrottet werden
desk-books = Buchungen
desk-to = An
desk-amount = Betrag
desk-acts = Was du tun kannst
desk-refund = Geld zurückgeben
desk-refund-amount = Betrag in { $currency }
desk-refund-hint = Bis { $left }. Ist von dieser Bestellung mehr zurückgegangen als die Grenze des Shops, muss eine zweite Person zustimmen.
desk-refund-bad = Das ist kein Betrag in der Währung der Bestellung, etwa 12.50.
desk-cancel = Bestellung stornieren
desk-cancel-hint = Die Ware geht zurück ins Regal, alles verbliebene Geld an den Kunden. Wurde mehr eingezogen als die Grenze des Shops, muss eine zweite Person zustimmen.
desk-state-awaiting-payment = wartet auf Zahlung
desk-state-paid = bezahlt, zu versenden
desk-state-on-hold = angehalten
desk-state-dispatched = unterwegs
desk-state-delivered = zugestellt
desk-state-returned = zurückgekommen
desk-state-cancelled = storniert
desk-state-partly-refunded = teilweise erstattet
desk-state-refunded = erstattet
desk-known-since = bekannt seit { $date }
desk-entries = Teilnahmen an Verkäufen
desk-export = Gespeichertes ausgeben
desk-export-hint = Alles, was über diese Person gespeichert ist, als JSON, zur Übergabe an sie (Art. 15 und 20 DSGVO). Das Protokoll hält fest, dass du es getan hast.
desk-merge = Zwei Adressen zusammenlegen
desk-merge-other = Die andere Adresse derselben Person, oder die Nummer einer ihrer Bestellungen
desk-erase = Diese Person löschen
desk-erase-hint = E-Mail-Adresse, Telefonnummer, Notizen, Wartelisten und alles, womit man sie findet, verschwinden. Name und Anschrift bleiben in Bestellungen, deren Steuerunterlagen aufzubewahren sind, bis diese Zeit vorbei ist. Eine zweite Person muss zustimmen.
desk-waiting = Wartelisten
desk-waiting-none = Hier wartet niemand.
desk-waiting-opening = Die Eröffnung dieses Marktes
desk-waits-for = Wartet auf
desk-confirmed = Bestätigt
desk-unconfirmed = Nicht bestätigt
desk-unconfirmed-one = nicht bestätigt
desk-confirmed-on = bestätigt { $when }
desk-waiting-note = Nur wer aus dem Postfach bestätigt hat, wird angeschrieben, steht in der Liste und zählt als Nachfrage. Eine Adresse, die niemand bestätigt, wird sieben Tage nach der Frage gelöscht.
desk-csv-logged = Die CSV-Datei enthält die ganze Liste mit Namen oder Adressen. Das Protokoll hält fest, wer sie ausgegeben hat und wann.
desk-list = Liste
desk-jobs = Aufträge
desk-jobs-given-up = Aufgegeben ({ $count })
desk-jobs-waiting = Wartend ({ $count })
desk-jobs-none = Es gibt keine.
desk-outbox = Briefe, die nicht hinausgegangen sind
desk-outbox-given-up = Aufgegeben
desk-outbox-late = Verspätet
desk-outbox-late-hint = Diese warten seit mehr als { $minutes } Minuten und werden weiter versucht. Nimmt ein Server keine an, so verspäten sich seine Briefe gemeinsam.
desk-outbox-queued = Seit
desk-job-due = Versucht
desk-job-tries = Versuche
desk-job-error = Woran es lag
desk-job-retry = Noch einmal
desk-job-give-up = Aufgeben
desk-figures = Zahlen
desk-figures-hint = Der eigenen Märkte, mit den letzten dreißig Tagen. Gezählt binnen einer Sekunde nach jeder Bestellung.
desk-orders-by-day = Bestellungen nach Tag
desk-orders-by-market = Umsatz und Bestellungen nach Markt
desk-value = Wert mit Steuer und Versand
desk-table = Dasselbe als Tabelle
desk-funnel = Vom Warenkorb zur Bestellung, in sieben Tagen
desk-step = Schritt
desk-how-many = Wie viele
desk-of-carts = Von den Warenkörben
desk-carts = Warenkörbe
desk-checkouts = Begonnene Käufe
desk-cover = Wie lange der Bestand reicht
desk-cover-none = Es ist nichts zu verkaufen da.
desk-available = Verkäuflich
desk-ordered-30 = In 30 Tagen bestellt
desk-lasts = Reicht
desk-lasts-days = { $days ->
    [one] einen Tag
   *[other] { $days } Tage
}
desk-calendar = Nachweise, die binnen eines Jahres enden
desk-calendar-none = Binnen eines Jahres endet nichts.
desk-went-wrong = Was schiefgegangen ist
desk-went-wrong-none = Nichts.
desk-jobs-failed = { $count ->
    [one] Ein Auftrag wurde aufgegeben
   *[other] { $count } Aufträge wurden aufgegeben
}
desk-jobs-failed-more = Mehr als { $count } Aufträge wurden aufgegeben
desk-unpaid = Bestellungen, die auf Zahlung warten
desk-unpaid-none = Keine Bestellung wartet auf Zahlung.
desk-letter = Brief
desk-letters = Briefe
desk-letters-none = Kein Brief der letzten dreißig Tage handelt von dieser Bestellung.
desk-letter-again = Noch einmal senden
desk-letter-placed = Bestätigung der Bestellung
desk-letter-received = Zahlung eingegangen
desk-letter-refunded = Geld geht zurück
desk-letter-cancelled = Bestellung storniert
desk-letter-held = Bestellung muss warten
desk-letter-freed = Bestellung geht weiter
desk-letter-waits = unterwegs
desk-letter-sent = gesendet
desk-letter-given-up = aufgegeben
desk-letter-not-true = Dieser Brief wird nicht gesendet: Was er sagt, stimmt für die Bestellung nicht mehr.
desk-letter-on-its-way = Dieser Brief ist schon unterwegs. Versuchen Sie es wieder, wenn er gesendet ist.
desk-letter-nobody = Es ist niemand da, dem man schreiben kann: Der Kunde wurde gelöscht.
desk-letter-no-mail = Dieser Laden sendet keine Briefe: Der Versand ist nicht eingerichtet.
desk-people-count = { $count ->
    [one] eine Person
   *[other] { $count } Personen
}
desk-tell = Einer Warteliste schreiben
desk-tell-them = Ihnen schreiben
desk-tell-who-waits = Denen schreiben, die auf { $name } warten
desk-tell-over = es gibt es jetzt zu kaufen
desk-tell-delayed = es ist vorerst zurückgenommen
desk-tell-people = { $count ->
    [one] Eine Person weiß es noch nicht.
   *[other] { $count } Personen wissen es noch nicht.
}
desk-tell-once = Jede bekommt diesen Brief einmal und ist damit von der Liste.
desk-tell-stays = Jede bekommt diesen Brief einmal und bleibt auf der Liste.
desk-tell-nobody = Es wartet niemand, der es nicht schon weiß.
desk-tell-propose = Den Versand vorschlagen
desk-tell-unknown = Diese Liste gibt es nicht.
desk-tell-not-open = In diesem Markt wird noch nichts verkauft: Der Brief wäre nicht wahr.
desk-tell-not-for-sale = Keine Variante davon kann dort heute gekauft werden: Der Brief wäre nicht wahr.
desk-tell-not-withdrawn = Es ist dort nicht zurückgenommen: Der Brief wäre nicht wahr.
desk-serials = Seriennummern
today-sale-halted = Der Verkauf „{ $title }“ ist angehalten
today-hook-off = Der Webhook „{ $name }“ wurde abgeschaltet, weil er versagte
today-hook-held-back = Der Webhook „{ $name }“ erfährt nicht alles: { $why }
today-rollout-halted = Die Verteilung von { $build } ist angehalten
today-keys = Schlüssel, die ablaufen
today-key-ends = „{ $name }“ öffnet ab { $day } nichts mehr
today-to-send = Bestellungen, die gehen können
today-to-send-none = Nichts wartet darauf, verschickt zu werden.
today-to-dispatch = Zu den Paketen
today-rollouts = Laufende Verteilungen
today-rollouts-none = Keine Verteilung läuft.
today-all-waiting = Alles, was auf Sie wartet: { $count }
today-decided = Was aus Ihren Vorschlägen wurde
today-lacking = Was Produkten fehlt
today-lacking-none = Jedes Produkt hat Texte und ein Bild in jeder Sprache der Märkte, die es zeigen.
lacks-name = kein Name: { $languages }
lacks-text = Texte nicht übersetzt: { $languages }
lacks-option = Varianten nicht unterschieden: { $languages }
lacks-picture = kein Bild
lacks-fit = ein Ersatzteil, das zu nichts passt
lacks-hs-code = keine Zolltarifnummer
today-orders-more = { $count ->
    [0] Und weitere.
   *[other] Und mehr als { $count } weitere.
}
today-held-more = Mehr als { $count } Bestellungen sind angehalten: { $market }
today-letters-given-up-more = Mehr als { $count } Briefe wurden aufgegeben
today-letters-late-more = Mehr als { $count } Briefe sind verspätet
today-order-job = Ein Auftrag zum Geld der Bestellung { $order } wurde aufgegeben
today-order-letter = Ein Brief zur Bestellung { $order } wurde aufgegeben
today-held = { $count ->
    [one] Eine Bestellung ist angehalten: { $market }
   *[other] { $count } Bestellungen sind angehalten: { $market }
}
today-stock-low = Wenig oder nichts ist übrig ({ $market }): { $items }
today-letters-given-up = { $count ->
    [one] Ein Brief wurde aufgegeben
   *[other] { $count } Briefe wurden aufgegeben
}
today-letters-late = { $count ->
    [one] Ein Brief ist verspätet
   *[other] { $count } Briefe sind verspätet
}

desk-problem-right = Das braucht das Recht { $permission }; es gehört zu: { $roles }. Rollen vergeben zwei Inhaber gemeinsam unter „Menschen“.
desk-problem-forbidden = Dazu haben Sie hier kein Recht, oder es braucht jemand anderen als Sie. Rollen vergeben zwei Inhaber gemeinsam unter „Menschen“.
desk-problem-not-found = Es gehört vielleicht zu einem Markt, der nicht Ihrer ist, oder die Adresse enthält einen Fehler. Suchen Sie mit Name oder Nummer.
desk-problem-conflict = Es wurde nichts geändert. Seit Sie die Seite geöffnet haben, ist hier etwas geschehen, oder das Formular wurde schon gesendet. Öffnen Sie die Seite erneut und sehen Sie nach.
desk-problem-fault = Was nicht bestätigt wurde, ist nicht geschehen. Der Fehler ist festgehalten; versuchen Sie es gleich noch einmal und nennen Sie dem Betrieb die Nummer der Anfrage.
desk-problem-closed = Es wurde nichts geändert. Der Server ist ausgelastet oder wird gewartet; versuchen Sie es gleich noch einmal.
desk-problem-back = Zurück zur Seite
today-first = Das sind die ersten { $count }; es gibt weitere.
today-list = Die ganze Liste
desk-acts-older = Ältere Handlungen
desk-acts-newest = Die neuesten Handlungen
desk-bills = Rechnungen
desk-payments = Zahlungen
find-by-reseller-orders = die ganze Kennung (rso_…)
find-by-bills = die ganze Nummer einer Rechnung
find-by-payments = wie der Anbieter oder die Bank die Zahlung nennt
