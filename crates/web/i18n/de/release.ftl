# Builds und Rollouts im Bereich der Mitarbeiter: planen, hochstufen, zurückziehen, unterschreiben.

signing-title = Worauf Geräte vertrauen
signing-none = Noch kann kein Gerät auf etwas vertrauen: Es gibt keine Schlüssel.
signing-begin = So fängt es an
signing-step-new = Wo der Schlüssel bleiben soll: einen Schlüssel machen, einmal für jede Person, die einen hat
signing-step-init = Auf dem Server: mit den öffentlichen Hälften der Schlüssel für root und targets beginnen
signing-all-signed = Jedes Dokument hat seine Unterschriften.
signing-waits = { $count ->
    [one] Ein Dokument wartet auf Unterschriften.
   *[other] { $count } Dokumente warten auf Unterschriften.
}
signing-documents = Dokumente und ihre Schlüssel
signing-documents-hint = timestamp und snapshot erneuert der Server selbst. Was sonst innerhalb von 30 Tagen endet, wird neu geschrieben und wartet hier.
signing-until = Gilt bis
signing-takes = Nötige Unterschriften
signing-of = { $have } von { $need }
signing-on-server = auf dem Server
signing-offline = anderswo
signing-whose = Wessen
signing-keys = Schlüssel, die noch nicht unterschrieben haben
signing-complete = Unterschrieben; wartet auf ein anderes Dokument
signing-changes = Was die Unterschrift ändert
signing-changes-hint = Dieselben Zeilen erscheinen beim Schlüssel, aus den Dateien selbst. Nur unterschreiben, wenn sie übereinstimmen.
signing-change = Änderung
signing-how = So wird unterschrieben
signing-step-export = Auf dem Server: was wartet, in Dateien schreiben
signing-step-look = Beim Schlüssel: die Dateien ansehen
signing-step-sign = Beim Schlüssel: unterschreiben
signing-step-import = Zurückbringen: im Formular unten oder auf dem Server
signing-take = Ein unterschriebenes Bündel bringen
signing-take-hint = Seine Unterschriften werden sofort geprüft. Sie zählen, wenn eine zweite Person sie freigegeben hat; was dann vollständig ist, wird veröffentlicht.
signing-take-file = Das Bündel
signing-take-file-hint = Eine Datei mit der Endung .bundle.json, unterschrieben, wo der Schlüssel liegt; bis 2 MB. Ein größeres wird mit dem Befehl aufgenommen.
signing-take-do = Freigeben lassen

build-withdrawn = Zurückgezogen: { $reason }
build-page = Seine öffentliche Seite
build-size = Größe
build-sha256 = SHA-256
build-channels = Kanäle
build-channels-none = Es ist noch in keinem Kanal.
build-since = Seit
build-floor = Geräte müssen es vor jedem späteren installieren
build-floor-yes = Ja
build-floor-no = Nein
build-floor-hint = Für ein Build, das spätere voraussetzen, etwa weil es die Partitionen ändert.
build-rollout = Rollout
build-plan = Rollout planen
build-promote = In einen Kanal stellen
build-promote-hint = Dadurch bekommt es noch niemand, erst durch einen Rollout. Das braucht eine zweite Person.
build-promote-do = Vorschlagen
build-withdraw = Zurückziehen
build-withdraw-hint = Wirkt sofort, lässt sich nicht rückgängig machen und stoppt jeden Rollout davon.
build-withdraw-reason = Steht für alle lesbar auf der Seite des Builds.
build-withdraw-do = Endgültig zurückziehen

rollout-plan-title = Rollout planen
rollout-plan-lead = Ein Plan wird erst geprobt, dann von einer zweiten Person gebilligt, dann gestartet.
rollout-plan-builds = Builds
rollout-plan-builds-hint = Je Zeile ein Modell und das Incremental seines Builds. Mehrere Modelle sind eine Kampagne: gemeinsam gestartet, gestoppt und weitergeführt.
rollout-plan-waves = Wellen
rollout-plan-waves-hint = Durch Kommas getrennt: own für firmeneigene Geräte, ein Prozentsatz, oder 5@IN+ID für einen Anteil in einigen Ländern. Die letzte ist 100. Eine, die auf ihre Weise endet, sagt es: 10:hand, 10:24h, 10:success.
rollout-plan-how = Wie Wellen enden
rollout-plan-by-itself = Von selbst, nach Stunden oder Erfolgen
rollout-plan-by-hand = Von Hand, wenn jemand die nächste beginnen lässt
rollout-plan-hours = Stunden je Welle
rollout-plan-hours-hint = Leer: Eine Welle endet, wenn genug Geräte Erfolg gemeldet haben.
rollout-plan-failures = Zu viele Fehlschläge, in Prozent
rollout-plan-reports = Berichte, ab denen das etwas bedeutet
rollout-plan-reports-hint = Geräte, die zu einem Ende kamen, gut oder schlecht.
rollout-plan-trip = Was dann geschieht
rollout-plan-trip-halt = Niemand bekommt es mehr
rollout-plan-trip-pause = Niemand Neues bekommt es
rollout-plan-devices-per-hour = Höchstens Geräte je Stunde
rollout-plan-megabits = Höchstens Megabit je Sekunde
rollout-plan-devices = Geräte je Modell
rollout-plan-devices-hint = Leer: die in den letzten { $days } Tagen gezählten, die das Build noch nicht haben.
rollout-plan-rehearse = Proben
rollout-plan-propose = Vorschlagen
rollout-plan-rehearsed = So liefe es ab
rollout-plan-met = Geräte, die er trifft
rollout-plan-met-own = Davon firmeneigene
rollout-plan-source = Woher das stammt
rollout-plan-from-count = Gezählt in den letzten { $days } Tagen
rollout-plan-from-form = Im Formular angegeben
rollout-plan-ends = Endet
rollout-plan-ends-by-reports = wenn die Geräte Erfolg melden
rollout-plan-ends-by-hand = wenn jemand es weitergehen lässt
rollout-plan-ends-wave = { $hours ->
    [one] eine Stunde nach ihrem Beginn
   *[other] { $hours } Stunden nach ihrem Beginn
}
rollout-plan-ends-after = { $hours ->
    [one] eine Stunde nach dem Start
   *[other] { $hours } Stunden nach dem Start
}
rollout-plan-done-at = { $moment }, wenn er jetzt begänne
rollout-plan-waves-rehearsed = Datenmenge so, als lüde jedes Gerät das ganze Paket.
rollout-plan-added = Neue Geräte
rollout-plan-inside = Geräte, die es dann haben
rollout-plan-traffic = Datenmenge

campaign-title = Gemeinsam geplant
campaign-hint = Ein Schritt von einem ist ein Schritt von allen. Die Prüfung sieht auf jedes Modell und auf die Summe; was zu schlecht ist, stoppt alle.
campaign-part = { $model }, mit anderen geplant
campaign-sum = Alle zusammen
