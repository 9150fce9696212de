# Die veröffentlichten Zahlen.

footer-figures = Zahlen

value-about = etwa { $number }
value-more-than = mehr als { $number }
value-at-least = mindestens { $number }
value-less-than = weniger als { $number }
unit-million = { $count ->
    [one] { $number } Million
   *[other] { $number } Millionen
 }
unit-in-millions = Millionen
unit-percent = { $count ->
    [one] { $number } %
   *[other] { $number } %
 }
unit-users = { $count ->
    [one] { $number } Nutzer
   *[other] { $number } Nutzer
 }
unit-countries = { $count ->
    [one] { $number } Land
   *[other] { $number } Länder
 }
unit-markets = { $count ->
    [one] { $number } Markt
   *[other] { $number } Märkte
 }
unit-products = { $count ->
    [one] { $number } Produkt
   *[other] { $number } Produkte
 }
unit-phones = { $count ->
    [one] { $number } Telefon
   *[other] { $number } Telefone
 }
unit-patents = { $count ->
    [one] { $number } Patent
   *[other] { $number } Patente
 }
unit-followers = { $count ->
    [one] { $number } Anhänger
   *[other] { $number } Anhänger
 }
unit-years = { $count ->
    [one] { $number } Jahr
   *[other] { $number } Jahre
 }
unit-minutes = { $count ->
    [one] { $number } Minute
   *[other] { $number } Minuten
 }

period-first-half = erstes Halbjahr { $year }
period-second-half = zweites Halbjahr { $year }
period-half-short = { $half }. Hj.

rank-exact = Platz { $place }
rank-between = Platz { $best } oder { $worst }
rank-among-first = unter den ersten { $place }
rank-not-first = nicht unter den ersten { $place }

confidence-s1 = Erste Quelle
confidence-s2 = Zweite Quelle
confidence-m = Aus dem Gedächtnis, ungeprüft
confidence-s1-words = In einer ersten oder amtlichen Quelle gefunden: Seite des Unternehmens, Beschluss eines Gerichts, Meldung einer Behörde.
confidence-s2-words = In einer zweiten Quelle gefunden: Presse, Kanzlei, Datenanbieter in fremder Wiedergabe.
confidence-m-words = Noch ohne Quelle. Es wird als Umriss gedruckt und kommt in keiner Überschrift vor.

subject-phones-sold = Verkaufte Telefone
subject-rom-users = Nutzer des ROMs
subject-rom-countries = Länder und Märkte
subject-opening = Eröffnungen und Schließungen
subject-reasons = Warum keine Telefone in den USA
subject-price = Preise
subject-bands-sold = Verkaufte Bänder
subject-festival = Das jährliche Fest
subject-court = Der Fall in Indien
subject-demand = Verschätzte Nachfrage
subject-phones-india = Telefone in Indien
subject-made-locally = Im Land gefertigt
subject-resellers = Wiederverkäufer
subject-china-share = Wie klein das Ausland war
subject-selling = Arten zu verkaufen

reach-title = Die Zahlen
reach-description = Was wir zählen, was andere über uns sagen, was es bedeutet und wo es steht: Installationen, verkaufte Telefone, Weltrang, Ziele und Prognosen.
reach-lead = Was wir selbst zählen, was andere über uns sagen und was jede Zahl bedeutet. Widerstreitende Angaben stehen nebeneinander; gemittelt wird nichts, und jede Zahl führt zu ihrer Quelle.
reach-records = { $count } Einträge, jeder mit Quelle
reach-live-kicker = Unsere eigene Zählung
reach-live-unit = Geräte waren in den letzten { $days } Tagen aktiv
reach-live-activations = { $number } Geräte je gesehen
reach-live-simulated = erfundene Geräte: Dieser Laden ist eine Nachstellung
reach-live-definition = Was genau gezählt wird
reach-live-none = Noch nichts gezählt.
reach-live-none-why = Wenn sich das erste Gerät meldet, steht hier, wie viele in den letzten 30 Tagen aktiv waren. Bis dahin drucken wir keine eigene Zahl.
reach-live-read = gelesen am { $moment }
reach-claims = Was andere sagen
reach-echo = „{ $value }“ wurde zweimal gesagt
reach-target-kicker = Das Ziel für { $period }
reach-target-title = { $wanted } gewollt, { $happened } erreicht
reach-target-title-open = { $wanted } gewollt
reach-target-growth = über dem letzten Halbjahr, das ganze Jahr gehalten: die Lücke zum Ziel, als das Jahr begann.
reach-target-second-half = Als das erste Halbjahr bekannt war, musste das zweite { $amount } bringen: { $growth } gegenüber dem ersten.
reach-target-spread = haben { $count } einfache Methoden aus den Jahren davor gemacht: eine Spanne einfacher Methoden, keine Wahrscheinlichkeit.
reach-methods = Wie sie rechnen
reach-target-chart = Stück im Jahr, das Ziel für { $period }, Prognosen einfacher Verfahren und was geschah
reach-target-caption = Millionen Telefone im Jahr. Schwarz: was das Unternehmen nannte. Farbe: was es wollte. Grau: was einfache Verfahren aus den zu Jahresbeginn bekannten Halbjahren machen, im Nachhinein gerechnet.
reach-targets = Ziele, wie sie angekündigt wurden
reach-outcomes = Was danach genannt wurde
reach-forecasts = Prognosen, wie die Verfahren sie ergeben
reach-rank-kicker = Der Weltrang
reach-rank-title = Platz { $places }: Es kommt darauf an, wer zählt und wann
reach-rank-lead = { $count } Anbieter, jeder mit eigenem Maß. Wir drucken, was jeder über jeden Zeitraum sagte, und bilden keinen eigenen Rang.
reach-rank-chart = Weltrang nach Anbieter und Zeitraum; die Tabelle hat jedes Feld
reach-rank-caption = Plätze nach Zeitraum. Ein Balken führt über Plätze, die offen blieben: „fünfter oder sechster“, „unter den ersten fünf“.
reach-units-kicker = Telefone im Jahr
reach-units-title = Wie viele, hängt davon ab, wer es sagt
reach-units-lead = „Verkauft“ ist das Wort des Unternehmens, „geliefert“ das der Schätzer. Beides stimmt, von Verschiedenem.
reach-units-apart = Der größte Abstand: { $apart } zwischen zwei Angaben für { $period }.
reach-units-chart = Telefone im Jahr danach, wer es sagt; die Tabelle hat jede Zahl
reach-units-caption = Millionen Telefone. Ein Umriss ist ungeprüft; ein offenes Ende heißt „mehr als“.
reach-map-kicker = Die Welt
reach-map-title = { $count ->
    [one] Ein Land, in das der Laden verkauft
   *[other] { $count } Länder, in die der Laden verkauft
 }
reach-map-chart = Weltkarte: wo der Laden verkauft, wo er vorbereitet, wo er geschlossen hat
reach-map-caption = Wie weit der Laden in jedem Land ist, heute.
reach-map-caption-devices = Wie weit der Laden in jedem Land ist und wie viele aktive Geräte dort sind: Kreise nach Fläche.
reach-map-source = Quelle der Umrisse: Natural Earth, gemeinfrei; Equal-Earth-Projektion, in der Flächen stimmen.
reach-map-withheld = { $devices } weitere sind in Ländern mit zu wenigen Geräten, um sie einzeln zu nennen.
map-open = verkauft
map-coming = bereitet vor
map-closed = ruht oder geschlossen
map-devices = Aktive Geräte
reach-all = Jede Zahl
reach-all-lead = Alles, was eingetragen ist, nach Gegenstand. Die Seite einer Zahl hat ihre Definition, ihre Quelle und was andere über dasselbe sagen.
reach-table = Die Zahlen als Tabelle
reach-take = Zum Mitnehmen
reach-take-files = Dateien
reach-take-feed = Neues
reach-feed = Neue Zahlen als Atom-Feed
reach-take-counter = Der Zähler auf Ihrer Seite
reach-take-counter-how = Diese Zeilen zeigen ihn; er setzt kein Cookie und sagt uns nichts über Ihre Leser.
reach-take-counter-look = Ansehen

column-period = Zeitraum
column-what = Was
column-value = Zahl
column-who = Wer es sagt
column-source = Quelle
column-provider = Anbieter
column-place = Platz
column-measure = Maß
column-share = Anteil
column-country = Land
column-stage = Der Laden

kind-figure = Eine Angabe
kind-rank = Ein Weltrang
kind-target = Ein Ziel
kind-forecast = Eine Prognose
record-period = Worüber
record-said-by = Wer es sagt
record-said-on = Gesagt am
record-source = Quelle
record-confidence = Wie sicher
record-recorded = Hier eingetragen
record-method = Verfahren
record-inputs = Gerechnet aus
record-known-until = Mit dem Wissen von
record-made-on = Gerechnet am
record-share = Anteil an der Welt
record-units = Stück
record-rank-title = { $provider }, { $period }
record-target-title = Ziel für { $period }
record-target-definition = Was erreicht werden sollte, wie es angekündigt wurde. Ein Ziel ist keine Prognose und wird danach nicht berichtigt.
record-forecast-title = Prognose für { $period }: { $method }
record-forecast-definition = Was ein Verfahren aus dem macht, was bekannt war. Eine Prognose ist kein Ziel und wird danach nicht berichtigt.
record-forecast-hindsight = Im Nachhinein gerechnet, mit dem Wissen von damals.
record-rank-definition = Der Platz unter den Herstellern der Welt nach { $measure }, wie dieser Anbieter zählt.
record-corrected = Dieser Eintrag ist berichtigt durch:
record-corrects = Dieser Eintrag berichtigt:
record-never-edited = Einträge kommen hinzu und werden nie geändert.
record-beside = Was andere über dasselbe sagen
record-beside-lead = Nebeneinander, nicht gemittelt: Jeder zählt etwas Eigenes.

definitions-title = Was die Zahlen bedeuten
definitions-lead = Die Definition hinter jeder Zahl, die wir zählen, die Verfahren hinter jeder Prognose, und was wir eine Quelle nennen.
definitions-counted = Was wir zählen
definitions-methods = Wie Prognosen entstehen
definitions-methods-lead = Wenige Jahre an Zahlen tragen nur wenige einfache Verfahren. Wir drucken alle, die Spanne zwischen ihnen und was aus jedem wurde. Unter acht eigenen Prognosen drucken wir kein Intervall.
definitions-confidence = Wie gut eine Zahl belegt ist
definitions-records = Einträge
definitions-records-words = Eine Angabe oder ein Rang wird durch einen neuen Eintrag berichtigt, der den alten nennt; beide bleiben. Ziele und Prognosen werden nie berichtigt. Die Datenbank weigert sich, einen davon zu ändern.
definitions-small = Kleine Zahlen
definitions-small-words = Hat ein Feld einer Tabelle weniger als { $least } Geräte, wird es nicht für sich gedruckt: Es könnte auf einen Menschen zeigen. Ebenso wenig ein Feld, das sich aus anderen ausrechnen ließe, aus zwei Zeiträumen oder aus früher Gedrucktem: Neue Zahlen gibt es erst, wenn sich ebenso viele Geräte geändert haben. Was fehlt, steht als Summe da.
measure-activations = Aktivierungen
measure-activations-words = Verschiedene je gesehene Geräteschlüssel. Die Zahl fällt nie. Ein gelöschtes Gerät bekommt einen neuen Schlüssel und zählt noch einmal; das ist keine Zahl von Menschen oder genutzten Geräten.
measure-active = Aktiv in N Tagen
measure-active-words = Verschiedene Geräteschlüssel mit mindestens einer Meldung, die an einem der letzten N Tage (UTC) zählt, heute eingeschlossen. Eine Meldung zählt an dem Tag, von dem sie sagt, sie sei von ihm, wenn er höchstens 30 Tage zurückliegt, sonst am Tag ihres Eingangs.
measure-on-version = Auf einer Version
measure-on-version-words = Verschiedene Geräteschlüssel nach der Version in ihrer neuesten Meldung, unter den in den letzten N Tagen aktiven.
measure-installs-reported = Gemeldete Installationen
measure-installs-reported-words = Meldungen eines Geräts, dass es eine andere Version als die zuletzt gemeldete (oder seine erste) installiert hat. Dieselbe Meldung zweimal zählt einmal.
measure-installs-inferred = Erschlossene Installationen
measure-installs-inferred-words = Anfragen eines bekannten Geräts nach Updates mit einer anderen Version als der zuletzt gemeldeten, ohne Meldung der Installation. Eine erste Anfrage zählt nicht.
method-run-rate = Laufende Rate
method-run-rate-words = Der letzte Zeitraum immer wieder: Halbjahr mal zwei, Quartal mal vier.
method-drift = Drift
method-drift-words = Die Gerade vom ersten zum letzten Punkt, fortgesetzt.
method-damped = Gedämpfter Trend
method-damped-words = Das letzte Wachstum in Logarithmen, mit jedem Zeitraum um den Faktor Phi schwächer. Phi ist eine Wahl, deshalb stehen mehrere da, von 0,3 bis 0,9.
method-constant-growth = Gleiches Wachstum
method-constant-growth-words = Das mittlere Wachstum aller Zeiträume, für immer. Es steht da, weil es immer jemand sagt.
method-last-year-again = Letztes Jahr noch einmal
method-last-year-again-words = Das Wachstum des letzten ganzen Jahres noch einmal.
method-bass = Bass-Kurve
method-bass-words = Eine Kurve der Verbreitung mit einer von Hand gesetzten Obergrenze: ein Was-wäre-wenn. An vier Jahre angepasst, gab die beste Anpassung die schlechteste Prognose.
measure-shipments = Lieferungen
measure-sales = Verkäufen an Endkunden
list-or = { $others } oder { $last }
reach-target-ray = Ziel: { $value }

reach-target-run-rate = Im Gang des letzten Halbjahrs bringt das Jahr { $rate }: { $missing } zu wenig.
reach-target-range = { $low } bis { $high }
reach-count-kicker = Unsere eigene Zählung, auseinandergenommen
reach-count-title = { $share } der Geräte haben gezeigt, dass sie schon einmal hier waren
reach-count-title-none = In dieser Zählung ist noch nichts bewiesen
reach-count-lead = { $number } der aktiven Geräte brachten einen Ausweis mit, den dieser Server ihnen an einem früheren Tag gegeben hat. Die anderen sind auch gezählt, und jeder könnte sie erfunden haben.
reach-count-lead-none = Vom zweiten Tag an kann ein Gerät zeigen, dass es schon einmal hier war. Bis dahin könnte es jeder erfunden haben.
reach-count-exceeded = { $count ->
    [0] Von keinem Modell wurden mehr Geräte gesehen, als Seriennummern vergeben sind.
    [one] Von einem Modell wurden mehr Geräte gesehen, als Seriennummern vergeben sind.
   *[other] Von { $count } Modellen wurden mehr Geräte gesehen, als Seriennummern vergeben sind.
 }
reach-count-chart = Geräte, Tag für Tag
reach-count-ceiling-chart = Je gesehene Geräte neben den vergebenen Seriennummern
reach-count-caption = Beide Bilder: unsere eigene Zählung. Der senkrechte Strich ist die Obergrenze; was darüber liegt, ist ein Umriss und kommt von zurückgesetzten Geräten, fremder Hardware oder Erfindung.
reach-count-since = Der erste genannte Tag ist der { $day }.
reach-count-of = { $seen } von { $made }
reach-count-of-few = zu wenige von { $made }
reach-count-ever = je gesehen
reach-count-month = aktiv in 30 Tagen
reach-count-over = mehr als gebaut
reach-count-unknown = { $number } Geräte nennen ein Modell, für das der Hersteller keinen Build veröffentlicht und von dem er keines gebaut hat.
standing-credentialed = mit Ausweis
standing-anonymous = anonym
column-standing = Stand
column-part = Anteil
column-model = Modell
column-made = Gebaut
column-until = Bis
definitions-standing = Mit Ausweis und anonym
definitions-standing-words = Ein Gerät zählt als ausgewiesen, wenn seine neueste Meldung mit dem Ausweis kam, den dieser Server ihm an einem früheren Tag gegeben hatte. Das beweist, dass derselbe Geräteschlüssel schon einmal hier war; Geräte zu erfinden wird dadurch die Arbeit von zwei Tagen, nicht unmöglich. Alle anderen sind anonym.
definitions-ceiling = Die Obergrenze
definitions-ceiling-words = Seriennummern, die der Hersteller vergeben hat, nach Modell. Mehr Geräte, als gebaut wurden, kommen von zurückgesetzten Geräten (jedes zählt noch einmal), fremder Hardware unter demselben Namen oder Erfindung.
reach-take-count = Unsere eigene Zählung
reach-take-proof = Jede Datei nennt die Stelle im Protokoll, bis zu der gezählt wurde. „kontor install recount“ zählt von dort aus nach.
reach-take-picture = Wo eine Seite Bilder zeigen darf, aber keine Rahmen, in einem Brief oder einer Liesmich-Datei, ist dies die Zahl als Bild, jede Minute neu:
reach-take-policy = Eine Seite mit einer Content-Security-Policy erlaubt den Rahmen mit frame-src, das Bild mit img-src. Beide brauchen kein Skript.
map-largest = der größte Kreis ist { $largest }
reach-sources = Quellen: { $names }.
reach-sources-more = { $names }; und { $count } weitere in der Tabelle
reach-count-source = Quelle: das Protokoll der Meldungen dieses Shops.
