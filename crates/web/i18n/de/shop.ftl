# Landwahl, Regal, Produkt, Warteliste.

countries-title = Land auswählen
countries-description = Alle Länder, in denen der Shop geöffnet ist, und wie weit die anderen sind.
countries-lead = Der Shop öffnet Land für Land. Was er verkaufen darf, ist überall anders; darum hat jedes Land sein eigenes Regal.
region-asia = Asien
region-americas = Amerika
region-europe = Europa
region-elsewhere = Anderswo

stage-open = Geöffnet
stage-accessories = Geöffnet, nur Zubehör
stage-beta = Geöffnet, kleine Mengen
stage-opens = Öffnet am { $date }
stage-preparing = Noch nicht: Nachricht anfordern
stage-paused = Pausiert
stage-closing = Wird geschlossen
stage-closed = Geschlossen, Gewährleistung läuft weiter

shelf-title-open = Geöffnet { $in }.
shelf-title-accessories = Geöffnet { $in }, zuerst mit Zubehör.
shelf-title-beta = Geöffnet { $in }, in kleinen Mengen.
shelf-title-opens = Öffnet { $in } am { $date }.
shelf-title-preparing = Noch nicht geöffnet { $in }.
shelf-title-paused = Pausiert { $in }.
shelf-title-closing = Wird geschlossen { $in }.
shelf-title-closed = Geschlossen { $in }.
shelf-lead-open = Alles in diesem Regal ist hier zugelassen und lieferbar. Was noch auf eine Lizenz wartet, steht darunter, mit dem Grund.
shelf-lead-accessories = Telefone brauchen mehr Papiere als Powerbanks. Darum beginnen wir mit dem, was heute verkauft werden darf, und zeigen den Rest mit dem Grund, warum er warten muss.
shelf-lead-beta = Wir beginnen mit wenigen Stück. Wenn etwas ausverkauft ist, kommt Nachschub.
shelf-lead-opens = Das Regal ist eingeräumt, die Papiere sind fast vollständig. Hinterlassen Sie Ihre Adresse, und wir schreiben einmal, am Tag der Eröffnung.
shelf-lead-preparing = Jedes Land hat eigene Zulassungen, und vorher verkaufen wir nichts. Hier steht, was noch fehlt. Hinterlassen Sie Ihre Adresse, und wir schreiben einmal, wenn der Shop öffnet.
shelf-lead-paused = Wir nehmen eine Zeit lang keine Bestellungen an, außer für Ersatzteile. Was bestellt ist, wird geliefert und betreut.
shelf-lead-closing = Neue Bestellungen nehmen wir nicht mehr an, außer für Ersatzteile. Was bestellt ist, wird geliefert, und die Gewährleistung läuft weiter.
shelf-lead-closed = Hier wird nichts mehr verkauft. Die Gewährleistung für Gekauftes läuft weiter.
shelf-beta = Vorerst können hier Menschen von unserer Warteliste kaufen, und eine Person bekommt von jedem Produkt höchstens { $max } Stück. Kaufen Sie mit der E-Mail-Adresse, die Sie für die Liste bestätigt haben.
shelf-description = Was { $in } zu kaufen ist, was kommt und warum noch nicht.
shelf-summary = Dieser Shop in Zahlen
shelf-count-offers = Heute zu kaufen
shelf-count-announced = Angekündigt
shelf-count-gaps = Fehlende Zulassungen
shelf-offers = Heute zu kaufen
shelf-announced = Angekündigt, hier noch nicht im Verkauf
shelf-announced-closed = Was der Shop anderswo verkauft
shelf-gaps = Was noch fehlt
shelf-gap-products = { $count ->
    [one] ein Produkt wartet darauf
   *[other] { $count } Produkte warten darauf
 }
shelf-empty = Das Regal ist leer.
shelf-empty-next = Noch hat hier nichts einen Preis und eine Zulassung.
shelf-expected-sale = Verkauf geplant ab { $date }
shelf-expected-news = Neues voraussichtlich im { $month }
shelf-expected-unknown = Noch kein Termin

stock-in = Auf Lager
stock-few = { $count ->
    [one] Letztes Stück
   *[other] Noch { $count } da
 }
stock-out = Ausverkauft
stock-preorder = Vorbestellbar

price-from = ab { $price }
price-mrp = Aufgedruckter Höchstpreis (MRP) { $price }, alle Steuern inbegriffen
price-lowest = Niedrigster Preis der letzten 30 Tage: { $price }
tax-included = inkl. { $tax }
tax-included-rate = inkl. { $rate } { $tax }
tax-excluded = zzgl. Sales Tax, geschätzt an der Kasse
tax-none = ohne Umsatzsteuer
tax-vat = MwSt.
tax-gst = GST
tax-sales = Sales Tax

product-description = { $name } { $in }: { $line }
product-home = Regal
product-variants = Auswählen
product-quantity = Menge
product-add = In den Warenkorb
product-preorder = Vorbestellen
product-preorder-expected = Lieferung voraussichtlich ab { $date }
product-preorder-title = Vor der Vorbestellung
product-soldout = Zurzeit { $in } ausverkauft.
product-beta = Dieser Shop ist für Menschen von seiner Warteliste geöffnet, und eine Person bekommt hiervon höchstens { $max } Stück. Stehen Sie schon auf der Liste, kaufen Sie mit der bestätigten Adresse. Noch nicht? Tragen Sie sich hier ein.
product-box = Lieferumfang
product-fits = Passt zu
product-accessories = Passendes dazu
product-delivery = Lieferung
product-facts = Technische Angaben
product-legal = Papiere
product-legal-lead = Was den Verkauf { $in } erlaubt.
product-legal-lead-refused = Was dazu { $in } bisher vorliegt.
product-legal-empty = Hier liegt noch keine Nummer vor.
product-manufacturer = Hersteller
product-importer = Hier verantwortlich
product-expires = gültig bis { $date }

ship-home = Wird als Paket aus unserem Lager { $in } verschickt.
ship-local = Wird aus einem Lager { $in } verschickt.
ship-partner = Wird von unserem Partner { $in } geliefert.
ship-days = { $from }–{ $to } Tage unterwegs.
ship-cost = Versand { $price } je Bestellung.
ship-free = Der Versand ist kostenlos.
ship-unknown = Der Versand wird an der Kasse angezeigt.
duty-paid = Die Ware ist verzollt, bevor sie verkauft wird. An der Haustür ist kein Einfuhrzoll zu zahlen.
duty-open = Das Paket überquert eine Grenze. Dieser Shop berechnet und erhebt keinen Einfuhrzoll: Verlangt der Zoll welchen, zieht ihn der Zusteller bei Ihnen ein.
return-days = { $days } Tage Rückgabe.

fact-weight = Gewicht mit Verpackung
fact-battery = Akku
fact-radio = Funk
fact-chipset = Chipsatz
fact-origin = Hergestellt in
fact-revision = Hardware-Revision
fact-hs = Zolltarifnummer
fact-announced = Angekündigt
fact-sku = Artikel
fact-grams = { $value } g
fact-watt-hours = { $value } Wh

waiting-model = Nachricht, wenn es { $in } zu kaufen ist
waiting-market = Nachricht, wenn der Shop öffnet
waiting-stock = Nachricht, wenn es wieder etwas gibt
waiting-beta = Auf die Warteliste setzen
waiting-email = E-Mail-Adresse
waiting-submit = Nachricht anfordern
waiting-promise = Wir fragen per Brief nach, ob Sie es waren. Dann eine Nachricht, und Ihre Adresse wird gelöscht.
waiting-done = Bitte sehen Sie in Ihr Postfach.
waiting-done-model = Wir haben an { $email } geschrieben, wenn diese Adresse nicht schon bestätigt ist. Drücken Sie den Knopf hinter dem Link in diesem Brief: Damit stehen Sie auf der Liste, und wir schreiben noch einmal, sobald { $name } hier zu kaufen ist. Danach wird Ihre Adresse gelöscht.
waiting-done-market = Wir haben an { $email } geschrieben, wenn diese Adresse nicht schon bestätigt ist. Drücken Sie den Knopf hinter dem Link in diesem Brief: Damit stehen Sie auf der Liste, und wir schreiben noch einmal, sobald der Shop hier öffnet. Danach wird Ihre Adresse gelöscht.
waiting-done-unless = Der Link gilt sieben Tage. Drückt bis dahin niemand den Knopf, wird die Adresse gelöscht.
waiting-noted = Ihr Wunsch ist notiert.
waiting-noted-text = Dieser Shop verschickt noch keine Briefe. Sobald er es tut, bitten wir { $email } um Bestätigung. Geschieht das nicht binnen eines Jahres, wird die Adresse gelöscht.
waiting-confirm = Sollen wir Ihnen schreiben?
waiting-confirm-model = Jemand, vermutlich Sie, möchte an Ihrer Adresse erfahren, wann { $name } { $in } zu kaufen ist. Mit dem Knopf stehen Sie auf der Liste.
waiting-confirm-market = Jemand, vermutlich Sie, möchte an Ihrer Adresse erfahren, wann der Shop { $in } öffnet. Mit dem Knopf stehen Sie auf der Liste.
waiting-confirm-submit = Ja, schreiben Sie mir
waiting-confirm-not = Sie waren es nicht? Dann tun Sie nichts: Die Adresse wird nach sieben Tagen gelöscht, und niemand schreibt noch einmal.
waiting-confirmed = Sie stehen auf der Liste.
waiting-confirmed-model = Wir schreiben Ihnen einmal, sobald { $name } { $in } zu kaufen ist. Danach wird Ihre Adresse gelöscht.
waiting-confirmed-market = Wir schreiben Ihnen einmal, sobald der Shop { $in } öffnet. Danach wird Ihre Adresse gelöscht.
waiting-leave = Möchten Sie nicht mehr warten?
waiting-leave-model = Mit dem Knopf sind Sie von der Liste für { $name } { $in }, und Ihre Adresse wird dort gelöscht.
waiting-leave-market = Mit dem Knopf sind Sie von der Liste für die Eröffnung { $in }, und Ihre Adresse wird dort gelöscht.
waiting-leave-submit = Nehmen Sie mich von der Liste
waiting-left = Sie stehen nicht auf der Liste.
waiting-left-text = Ihre Adresse ist dort gelöscht, und niemand schreibt Ihnen deswegen.
waiting-link-over = Dieser Link gilt nicht mehr.
waiting-link-over-text = Er ist älter als sieben Tage, oder Sie haben die Liste inzwischen verlassen. Tragen Sie sich noch einmal ein, dann kommt ein neuer Brief.
waiting-again = Diese Adresse braucht einen zweiten Blick.
waiting-back = Zurück zum Regal
waiting-title = Warteliste
