# Rahmen, gemeinsame Wörter, Fehlerseiten, Rechtstexte.

skip = Zum Inhalt springen
header-change = Land wechseln, jetzt { $country }
header-languages = Sprache
header-cart = Warenkorb
footer-label = Über diesen Shop
footer-reenactment = Eine Nachstellung nach öffentlichen Berichten. Keine wirkliche Firma betreibt diesen Shop, nichts wird verschickt und kein Geld bewegt.
footer-operator = Betrieben von { $operator }
footer-countries = Alle Länder
footer-api = Schnittstelle für Programme

legal-imprint = Impressum
legal-terms = Verkaufsbedingungen
legal-privacy = Datenschutz
legal-returns = Rückgabe
legal-empty = Dieser Text ist noch nicht geschrieben. Solange er fehlt, kann in diesem Shop nichts verbindlich bestellt werden.
legal-reenactment = Dieser Shop stellt die Eröffnung eines Onlineshops nach, wie öffentliche Berichte von damals sie beschreiben. Namen und Zahlen stammen aus diesen Berichten. Er wird nicht von den Firmen betrieben, von denen sie handeln, und steht in keiner Verbindung zu ihnen. Bestellungen sind Übungsbestellungen: Es kommt kein Vertrag zustande, nichts wird verschickt und kein Geld bewegt.

help-title = Fragen?
help-email = E-Mail
help-phone = Telefon
help-hours = Erreichbar
help-returns = Rücksendungen an

problem-not-found = Unter dieser Adresse gibt es nichts.
problem-not-found-next = Die Seite ist vielleicht umgezogen, oder das Produkt wird in diesem Land nicht gezeigt.
problem-forbidden = Diese Seite ist für Sie nicht zugänglich.
problem-forbidden-next = Wenn Sie einem Link aus einer Nachricht gefolgt sind, ist er vielleicht abgelaufen. Fordern Sie einen neuen an.
problem-bad-method = So lässt sich diese Adresse nicht benutzen.
problem-bad-method-next = Gehen Sie zurück und benutzen Sie das Formular oder den Link auf der Seite.
problem-bad-request = Was gesendet wurde, konnten wir nicht lesen.
problem-bad-request-next = Gehen Sie zurück, prüfen Sie Ihre Eingaben und senden Sie sie noch einmal. Es wurde nichts geändert.
problem-conflict = Inzwischen hat sich etwas geändert.
problem-conflict-next = Nichts wurde doppelt geschrieben. Gehen Sie zurück, laden Sie die Seite neu und sehen Sie noch einmal nach.
problem-too-large = Das war mehr, als wir auf einmal annehmen.
problem-too-large-next = Gehen Sie zurück und senden Sie weniger. Es wurde nichts geändert.
problem-too-many = Von Ihrem Anschluss kamen zu viele Anfragen.
problem-too-many-next = Bitte warten Sie { $seconds ->
    [one] eine Sekunde
   *[other] { $seconds } Sekunden
 } und versuchen Sie es dann noch einmal. Ihr Warenkorb bleibt erhalten.
problem-fault = Bei uns ist etwas schiefgegangen.
problem-fault-next = Es ist vermerkt. Versuchen Sie es gleich noch einmal; wenn Sie gerade bezahlt haben, sehen Sie zuerst nach Ihrer Bestellung: Nichts wird doppelt abgebucht.
problem-maintenance = Für einen Augenblick geschlossen.
problem-maintenance-next = Wir arbeiten am Shop. Ihr Warenkorb und Ihre Bestellungen sind sicher; bitte kommen Sie bald wieder.
problem-maintenance-wait = Wir arbeiten am Shop und sind voraussichtlich in { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 } zurück. Ihr Warenkorb und Ihre Bestellungen sind sicher.
problem-home = Zum Regal
problem-countries = Land auswählen
problem-request = Nummer der Anfrage

error-summary = { $count ->
    [one] Eine Angabe braucht einen zweiten Blick
   *[other] { $count } Angaben brauchen einen zweiten Blick
 }
field-missing = Bitte ausfüllen.
field-malformed = Das sieht nicht richtig aus. Bitte prüfen Sie es.
field-malformed-email = Eine E-Mail-Adresse sieht aus wie name@example.com.
field-too-long = Bitte höchstens { $max } Zeichen.
field-bad-characters = Hier stehen Zeichen, die man nicht drucken kann. Bitte tippen Sie es neu.
field-mixed-scripts = Hier sind Buchstaben verschiedener Schriften gemischt. Bitte verwenden Sie eine.
field-not-offered = Bitte wählen Sie eine der Möglichkeiten.
field-not-accepted = Bitte stimmen Sie zu, um fortzufahren.
field-optional = freiwillig

api-openapi = OpenAPI-Dokument
api-contents = Inhalt
api-parameters = Parameter
api-request = Anfrage
api-answers = Antworten
api-examples = Beispiele
api-name = Name
api-type = Typ
api-meaning = Bedeutung
api-required = Pflicht
api-description = Referenz der JSON-Schnittstelle: jede Operation mit Parametern, Inhalten und Antworten.
