# Verkäufe: die Liste, ein Verkauf, ein Platz darin, der Bericht.

sales-title = Sonderverkäufe { $in }
sales-lead = Manches gibt es in kleinerer Zahl, als Menschen es haben wollen. Es wird nach Regeln verkauft, die vorher feststehen und die nachher jeder prüfen kann.
sales-empty = Zurzeit gibt es hier keinen Verkauf.
sales-crumb = Alle Verkäufe
sales-shelf = Verkauf
sale-card-opens = Beginnt am { $moment }
sale-units = { $count ->
    [one] ein Stück
   *[other] { $shown } Stück
 }
sale-description = { $title }: { $name }, verkauft { $in } nach Regeln, die jeder prüfen kann.
sale-stage-announced = Angekündigt
sale-stage-registration = Die Anmeldung ist offen
sale-stage-doors = Die Schlange ist offen
sale-stage-live = Jetzt im Verkauf
sale-stage-sold-out = Ausverkauft, Warteliste offen
sale-stage-settled = Vorbei, der Bericht folgt
sale-stage-reported = Vorbei, der Bericht ist da
sale-stage-halted = Kurz angehalten
sale-lead-announced = Die Anmeldung öffnet bald. Vorher ist nichts zu tun, und früh zu sein bringt nichts.
sale-lead-registration = Melden Sie sich an und seien Sie da, wenn es beginnt. Wer bis dahin angemeldet ist, hat dieselbe Chance, gleich wer zuerst kam.
sale-lead-doors = Gleich beginnt es. Wer sich vorher anmeldet, hat dieselbe Chance wie alle anderen.
sale-lead-live = Der Verkauf läuft. Wer jetzt kommt, steht hinter denen, die vorher da waren.
sale-lead-sold-out = Jedes Stück ist vergeben oder für jemanden zurückgelegt, der gerade bezahlt. Was zurückkommt, geht der Reihe nach an die Warteliste.
sale-lead-settled = Es wird nichts mehr vergeben. Der Bericht mit allen Zahlen und dem Geheimnis erscheint zur unten genannten Zeit.
sale-lead-reported = Wer hineinkam, wie schnell es ging, und das Geheimnis, aus dem die Reihenfolge entstand: Alles steht im Bericht.
sale-lead-halted = Wir haben den Verkauf kurz angehalten. Was zurückgelegt ist, bleibt zurückgelegt, und niemand verliert seinen Platz.
sale-not-here = Das wird { $in } nicht verkauft.
sale-opens = Beginnt am
sale-days = T
sale-ways = Ihr Weg hinein
sale-way-closed = geschlossen
sale-way-rush = Dabei sein
sale-way-rush-rule = Wer vor dem Beginn angemeldet ist, kommt in zufälliger Reihenfolge dran. Spätere folgen.
sale-way-draw = An der Verlosung teilnehmen
sale-way-draw-rule = Zum Beginn wird gelost. Sie müssen in dieser Sekunde nicht da sein.
sale-way-code = Mit einem Code
sale-way-code-rule = Codes wurden vorher vergeben. Jeder gilt für eine Person.
sale-way-batch = Nächste Lieferung
sale-way-batch-rule = In der Reihenfolge der Anmeldung, so wie produziert wird.
sale-email-hint = Bis zum Kauf wird sie nur als Prüfsumme behalten, damit jeder einmal teilnimmt.
sale-code = Code
sale-code-only = für den Weg mit Code
sale-ship-to = Geliefert wird an Adressen { $in }.
sale-ship-to-choose = Lieferung nach
sale-to-pass-on = Meinen Code weitergeben
sale-enter-before = Einen Platz nehmen
sale-enter-live = Anstellen
sale-enter-sold-out = Anstellen, falls etwas zurückkommt
sale-to-place = Ich bin angemeldet: zu meinem Platz
sale-to-report = Den Bericht lesen
sale-rules = Die Regeln
sale-rule-limit-title = Eine Grenze für jeden
sale-rule-limit = { $count ->
    [one] Ein Stück für jede Person, gezählt nach E-Mail, Telefon und Lieferadresse, über alle Verkäufe dieses Produkts.
   *[other] { $count } Stück für jede Person, gezählt nach E-Mail, Telefon und Lieferadresse, über alle Verkäufe dieses Produkts.
 }
sale-rule-hold-title = Zeit zum Bezahlen
sale-rule-hold = Wenn Sie dran sind und ein Stück nehmen, gehört es Ihnen { $minutes } Minuten lang. Läuft gerade eine Zahlung, wird die Zeit einmal verlängert.
sale-rule-back-title = Was zurückkommt
sale-rule-back = Stücke, die nicht rechtzeitig bezahlt werden, gehen der Reihe nach an die Warteliste, nie an den, der am schnellsten klickt.
sale-rule-time-title = Warum es eine Frist gibt
sale-rule-time = Andere warten auf dasselbe Stück, darum muss eine Reservierung enden. Das Warten selbst hat keine Frist: Ihr Platz bleibt, wenn Sie neu laden, die Seite schließen oder die Verbindung verlieren.
sale-times = Wann
sale-time-registration = Anmeldung öffnet
sale-time-doors = Schlange öffnet
sale-time-live = Verkauf beginnt
sale-time-ends = Ende
sale-time-report = Bericht
sale-quota = Wie viele
sale-free = (übrig: { $range })
sale-range = { $from } bis { $to }
sale-range-none = keine
sale-fair = Wie die Reihenfolge entsteht, und wie man sie prüft
sale-fair-1 = Bevor sich jemand anmelden konnte, haben wir ein Geheimnis gewählt und seinen Fingerabdruck veröffentlicht. Wer das Geheimnis nachträglich ändert, ändert auch den Fingerabdruck. Schreiben Sie ihn auf, wenn Sie mögen:
sale-fair-2 = Zum Beginn ergeben das Geheimnis und die Zufallszahl jeder Anmeldung zusammen den Platz. Weder der Zeitpunkt der Anmeldung noch wir können ihn wählen.
sale-fair-beacon = Dazu kommt eine öffentliche Quelle des Zufalls: { $name }. Wenn der Verkauf beginnen soll, wird die Liste der Anmeldungen geschlossen, und ihre Prüfsumme steht hier; erst danach erscheint dieser Wert, und der Verkauf beginnt. So kann niemand Anmeldungen passend zur Reihenfolge wählen.
sale-fair-digests = Auch wer beim Öffnen da war, lässt sich nicht mehr ändern: Dies sind die Fingerabdrücke aller Anmeldungen von damals. Wer sie notiert, bemerkt einen Bericht, der im Ganzen ausgetauscht wurde.
sale-fair-3 = Danach zeigt der Bericht das Geheimnis und die Zufallszahl jeder Anmeldung, ohne Namen. Jeder kann die ganze Reihenfolge mit einem Befehl nachrechnen.
sale-error-phone = Das sieht nicht nach einer Telefonnummer aus. Bitte mit Landesvorwahl schreiben oder leer lassen.
sale-error-way = Bitte wählen Sie einen Weg, der offen ist.
sale-error-ship-to = Dorthin wird nicht geliefert. Bitte wählen Sie ein anderes Land.
sale-error-code-unknown = Diesen Code gibt es in diesem Verkauf nicht. Bitte sehen Sie noch einmal nach.
sale-error-code-taken = Dieser Code wurde schon benutzt oder gehört jemand anderem.
sale-error-elsewhere = Sie sind schon auf einem anderen Weg angemeldet. Jeder nimmt einmal teil; Ihr Platz dort gilt.
sale-error-limit = Sie haben davon so viele gekauft, wie eine Person haben kann. Danke, dass Sie die anderen den anderen lassen.
sale-error-closed = Im Moment kann sich niemand anmelden. Bitte sehen Sie in einer Weile wieder vorbei.
sale-error-excluded = Diese Adresse kann an Verkäufen nicht teilnehmen. Wenn das ein Irrtum ist, schreiben Sie uns: Die Adresse steht im Impressum.
sale-error-not-cleared = Das darf hier zurzeit nicht verkauft werden.

place-crumb = { $name }: der Verkauf
place-entered = Sie sind dabei.
place-entered-before = Sie waren schon angemeldet. Sie sind dabei.
place-queue = { $ahead ->
    [0] Sie sind als Nächstes dran.
    [one] Eine Person ist vor Ihnen.
   *[other] { $ahead } Personen sind vor Ihnen.
 }
place-queue-unknown = Die Reihenfolge entsteht gerade.
place-turn = Sie sind dran.
place-held = Es ist für Sie zurückgelegt.
place-checking-out = Ihre Bestellung ist offen.
place-bought = Es gehört Ihnen. Danke.
place-expired = Die Zeit zum Bezahlen ist um.
place-given-up = Sie haben es zurückgegeben.
place-waiting = Sie haben Platz { $place } auf der Warteliste.
place-sold-out = Ausverkauft.
place-not-drawn = Das Los fiel auf andere.
place-halted = Der Verkauf ist kurz angehalten.
place-over = Der Verkauf ist vorbei.
place-next-rush = Zum Beginn bekommt jeder, der dabei ist, einen zufälligen Platz, und diese Seite zeigt Ihren. Sie können sie schließen und wiederkommen.
place-next-draw = Zum Beginn wird gelost. Diese Seite sagt es Ihnen; Sie müssen in dieser Sekunde nicht da sein.
place-next-code = Zum Beginn können Sie ein Stück nehmen. Diese Seite sagt es Ihnen.
place-next-batch = Sie kommen dran, so wie produziert wird, in der Reihenfolge der Anmeldung. Diese Seite sagt es Ihnen.
place-next-queue = Diese Seite sieht von selbst nach und sagt Ihnen, wann Sie dran sind. Öfter nachzusehen bringt nichts.
place-next-turn = Nehmen Sie jetzt ein Stück, dann gehört es Ihnen { $minutes } Minuten lang, während Sie bezahlen.
place-next-held = Schreiben Sie auf, wohin es geht, und bezahlen Sie. Solange kann es Ihnen niemand nehmen.
place-next-checking-out = Adresse und Zahlung stehen auf der nächsten Seite. Solange kann Ihnen das Stück niemand nehmen.
place-next-bought = Auf der Seite der Bestellung steht alles: Nummer, Lieferung, Rückgabe.
place-next-ended = Das Stück ging an den Nächsten in der Schlange, und kein Geld wurde behalten: Eine zu späte Zahlung geht sofort zurück. Sie können sich wieder anstellen.
place-next-waiting = { $ahead ->
    [0] Sie bekommen das nächste Stück, das zurückkommt. Es wird dann für Sie zurückgelegt, und diese Seite sagt es Ihnen.
    [one] Eine Person ist vor Ihnen. Was zurückkommt, geht der Reihe nach an die Liste; diese Seite sagt es Ihnen.
   *[other] { $ahead } Personen sind vor Ihnen. Was zurückkommt, geht der Reihe nach an die Liste; diese Seite sagt es Ihnen.
 }
place-next-sold-out = Jedes Stück ist vergeben oder für jemanden zurückgelegt, der gerade bezahlt. Manche kommen zurück: Die Warteliste bekommt sie der Reihe nach.
place-next-not-drawn = Sie rücken von selbst nach, wenn ein Stück zurückkommt. Es ist nichts zu tun.
place-next-not-drawn-ahead = { $ahead ->
    [0] Sie rücken als Nächstes nach, wenn ein Stück zurückkommt. Es ist nichts zu tun.
    [one] Eine Person rückt vor Ihnen nach, wenn Stücke zurückkommen. Es ist nichts zu tun.
   *[other] { $ahead } Personen rücken vor Ihnen nach, wenn Stücke zurückkommen. Es ist nichts zu tun.
 }
place-next-halted = Was zurückgelegt ist, bleibt zurückgelegt, und niemand verliert seinen Platz. Diese Seite sieht von selbst nach.
place-next-over = Es wird nichts mehr vergeben. Der Bericht zeigt, wie es lief.
place-chance = Ihre Chance
place-free = Noch übrig
chance-certain = sicher: Es reicht für alle vor Ihnen
chance-good = gut: Es reicht, wenn es so weitergeht wie bisher
chance-open = offen: Es kann so oder so ausgehen
chance-slim = gering: Wahrscheinlich nehmen die vor Ihnen alles
chance-waitlist = nur, was andere zurückgeben
chance-none = keine: Alles ist verkauft
place-hold-until = Für Sie zurückgelegt bis
place-act-take = Eines nehmen
place-act-take-several = Nehmen
place-units = Wie viele
place-act-wait = Auf die Warteliste
place-act-again = Wieder anstellen
place-act-pay = Zur Bestellung
place-act-go-on = Weiter mit der Bestellung
place-act-order = Zu meiner Bestellung
place-act-sale = Zum Verkauf
place-act-look = Nachsehen
place-act-give-up = Jemand anderem überlassen
place-keep = Ihren Platz behalten
place-keep-words = Dieser Browser merkt sich Ihren Platz. Auf einem anderen Gerät, oder wenn Sie Ihre Cookies löschen, führt dieser Link zurück. Er gehört nur Ihnen: Wer ihn hat, hat Ihren Platz.
place-keep-link = Der Link zu meinem Platz
place-fair = Selbst nachprüfen
place-fair-words = Diese Zufallszahl ist Ihre Anmeldung im öffentlichen Bericht. Niemand kann daran erkennen, wer Sie sind.
place-notice-sold-out = Jemand war schneller: Im Moment ist kein Stück frei.
place-notice-turn = Sie sind noch nicht dran. Ihr Platz gilt.
place-notice-limit = Sie haben so viele, wie eine Person haben kann.
place-notice-busy = Das ging in diesem Moment nicht. Nichts wurde geändert; bitte versuchen Sie es noch einmal.
place-notice-ended = Die Zeit für dieses Stück war um.
place-notice-free = Es gibt Stücke zu nehmen: Sie müssen nicht warten.
place-notice-units = So viele bekommt eine Person nicht. Bitte wählen Sie neu.
place-notice-key = Dieses Formular wurde schon mit anderem Inhalt gesendet. So steht es jetzt; bitte versuchen Sie es noch einmal.
place-notice-full = Die Warteliste ist so lang, wie sie sein darf. Bitte sehen Sie später noch einmal nach.
place-notice-code = Ihr Code gehört jetzt jemand anderem, und der Platz damit auch.
place-notice-paying = Es wird gerade bezahlt oder gehört Ihnen schon. Nichts wurde zurückgegeben.

pass-on-title = Den Code weitergeben
pass-on-lead = Ein Code wechselt einmal den Besitzer. Von da an gehört er der anderen Person: Sie meldet sich damit an, und Ihr eigener Platz damit ist weg.
pass-on-from = Ihre E-Mail-Adresse
pass-on-from-hint = Die, mit der Sie sich angemeldet haben. Hat sich mit dem Code noch niemand angemeldet: irgendeine von Ihnen.
pass-on-phone = Ihre Telefonnummer, falls Sie sich mit einer angemeldet haben
pass-on-to = E-Mail-Adresse der anderen Person
pass-on-to-hint = Mit dieser Adresse meldet sie sich an und bezahlt. Wir schreiben ihr nicht: Den Code geben Sie ihr selbst.
pass-on-once = Das lässt sich nicht rückgängig machen, und weitergeben kann ihn die andere Person nicht.
pass-on-submit = Code weitergeben
pass-on-done-title = Er gehört jetzt der anderen Person.
pass-on-done = Wer Post an { $to } liest, kann sich ab jetzt auf der Seite des Verkaufs mit dem Code anmelden.
pass-on-error-used = Mit diesem Code wurde schon gekauft. Er kann nicht mehr weitergegeben werden.
pass-on-error-before = Dieser Code wurde schon einmal weitergegeben.
pass-on-error-not-yours = Dieser Code gehört jemand anderem. Bitte schreiben Sie die Adresse, mit der Sie sich angemeldet haben.
pass-on-error-same = Das ist Ihre eigene Adresse.
pass-on-error-closed = Der Verkauf ist vorbei: Niemand kann sich mehr anmelden.

report-title = Bericht zum Verkauf: { $name }
report-headline = { $units } Stück, vergeben in { $time }.
report-headline-none = Nichts wurde verkauft.
report-lead = Im Verkauf ab { $live }, abgerechnet { $settled }. Niemandes Name steht in diesem Bericht, alles andere schon.
report-seconds = { $seconds } s
report-figure-quota = Stück im Verkauf
report-figure-sold = Stück verkauft
report-figure-entries = Personen angemeldet
report-figure-expired = Fristen abgelaufen
report-figure-released = Zurückgegeben
report-figure-limited = Nach den Regeln abgelehnt
report-curve = Wie schnell es ging
report-curve-words = Vergebene Stücke über die Zeit seit dem Beginn, von denen, die am Ende gekauft wurden.
report-curve-none = Kein Stück wurde gekauft.
report-curve-table = Wie schnell es ging, als Tabelle
report-channels-table = Markt für Markt, als Tabelle
report-share = Von den verkauften Stücken
report-percent = { $share } %
report-units = Stück
report-after = Vergeben nach
report-channels = Markt für Markt, gegen das Kontingent
report-market = Markt
report-way = Weg
report-sold-of = Verkauft / Kontingent
report-bought = Personen kauften
report-check = Selbst nachprüfen
report-holds = Eben aus den veröffentlichten Daten nachgerechnet: Alles stimmt.
report-fails = Eben aus den veröffentlichten Daten nachgerechnet: Etwas stimmt nicht.
report-check-words = Das Geheimnis unten wurde gewählt, bevor sich jemand anmelden konnte, und sein Fingerabdruck wurde damals veröffentlicht. Aus dem Geheimnis und den Anmeldungen folgt die Reihenfolge; aus der Reihenfolge folgt, wer hineinkam. Dass nirgends mehr verkauft wurde, als da war, folgt aus dem Zusammenzählen.
report-commitment = Fingerabdruck, vorher veröffentlicht
report-secret = Geheimnis, danach gezeigt
report-download = Den Bericht herunterladen (JSON)
