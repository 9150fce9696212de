# Sales: the list, a sale, a place in it, the report.

sales-title = Sales { $in }
sales-lead = Some things are made in smaller numbers than people want them. They are sold by rules that are written down before, and that anybody can check afterwards.
sales-empty = There is no sale here at present.
sales-crumb = All sales
sales-shelf = Sale
sale-card-opens = Opens on { $moment }
sale-units = { $count ->
    [one] one unit
   *[other] { $shown } units
 }
sale-description = { $title }: { $name }, sold { $in } by rules that anybody can check.
sale-stage-announced = Announced
sale-stage-registration = Registration is open
sale-stage-doors = The queue is open
sale-stage-live = On sale now
sale-stage-sold-out = Sold out, waiting list open
sale-stage-settled = Over, the report follows
sale-stage-reported = Over, the report is out
sale-stage-halted = Stopped for a moment
sale-lead-announced = Registration opens soon. Nothing has to be done before, and being early brings nothing.
sale-lead-registration = Enter now, and be here when it opens. Everybody who has entered by then has the same chance, whoever came first.
sale-lead-doors = It opens in a moment. Whoever enters before that has the same chance as everybody else.
sale-lead-live = Units are being taken. Whoever enters now stands behind those who were here before.
sale-lead-sold-out = Every unit is taken or held for somebody who is paying. What comes back goes to the waiting list, in its order.
sale-lead-settled = Nothing is taken any more. The report with all figures and the secret comes out at the time stated below.
sale-lead-reported = Who got in, how fast it went, and the secret that made the order: it is all in the report.
sale-lead-halted = We have stopped the sale for a moment. What is held stays held, and nobody loses their place.
sale-not-here = This is not sold { $in }.
sale-opens = Opens on
sale-days = d
sale-ways = Your way in
sale-way-closed = closed
sale-way-rush = Be there
sale-way-rush-rule = All who enter before it opens come in, in random order. Later comers follow.
sale-way-draw = Enter the draw
sale-way-draw-rule = Winners are drawn when it opens. You need not be there in that second.
sale-way-code = With a code
sale-way-code-rule = Codes were given out beforehand. Each is good for one person.
sale-way-batch = Next batch
sale-way-batch-rule = In the order of entering, as units are made.
sale-email-hint = It is kept only as a hash until you buy, so that each person enters once.
sale-code = Code
sale-code-only = for the way with a code
sale-ship-to = Delivered to addresses { $in }.
sale-ship-to-choose = Delivered to
sale-to-pass-on = Give my code to somebody else
sale-enter-before = Take a place in line
sale-enter-live = Join the line
sale-enter-sold-out = Join, in case something comes back
sale-to-place = I have entered: to my place
sale-to-report = Read the report
sale-rules = The rules
sale-rule-limit-title = A limit for each person
sale-rule-limit = { $count ->
    [one] One unit for each person, counted by e-mail, phone and delivery address, over all sales of this product.
   *[other] { $count } units for each person, counted by e-mail, phone and delivery address, over all sales of this product.
 }
sale-rule-hold-title = Time to pay
sale-rule-hold = When it is your turn and you take a unit, it is yours for { $minutes } minutes. While a payment is under way, that is made longer once.
sale-rule-back-title = What comes back
sale-rule-back = Units that are not paid in time go to the waiting list in its order, never to whoever clicks fastest.
sale-rule-time-title = Why there is a time limit
sale-rule-time = Others wait for the same unit, so a hold has to end. Waiting in line has no limit: your place is kept when you reload, close the page or lose the connection.
sale-times = When
sale-time-registration = Registration opens
sale-time-doors = Queue opens
sale-time-live = Units are taken
sale-time-ends = Ends
sale-time-report = Report
sale-quota = How many
sale-free = (left: { $range })
sale-range = { $from } to { $to }
sale-range-none = none
sale-fair = How the order is made, and how to check it
sale-fair-1 = Before anybody entered, we chose a secret and published its fingerprint. A secret cannot be changed afterwards without changing its fingerprint. Write it down if you like:
sale-fair-2 = When the sale opens, the secret and the random number of each entry together give everybody their place. Neither the time of entering nor we can choose it.
sale-fair-beacon = A public source of randomness is mixed in as well: { $name }. When the sale is due, the list of entries is closed and its checksum appears here; only then does that value come out, and the sale begins. So nobody can fit entries to the order.
sale-fair-digests = Who was there when it opened can no longer be changed either: these are the fingerprints of all entries of then. Whoever writes them down notices a report that was exchanged as a whole.
sale-fair-3 = Afterwards the report shows the secret and every entry's random number, without names. Anybody can work the whole order out again with one command.
sale-error-phone = This does not look like a telephone number. Please write it with its country code, or leave it empty.
sale-error-way = Please choose a way in that is open.
sale-error-ship-to = This is not delivered there. Please choose another country.
sale-error-code-unknown = There is no such code in this sale. Please look at it again.
sale-error-code-taken = This code has been used, or belongs to somebody else.
sale-error-elsewhere = You have entered already, by another way. Each person enters once; your place there stands.
sale-error-limit = You have bought as many of these as one person may have. Thank you for leaving the others to others.
sale-error-closed = Nobody can enter at this moment. Please look again in a while.
sale-error-excluded = This address cannot take part in sales. If you think that is a mistake, write to us: the address is in the imprint.
sale-error-not-cleared = This may not be sold here at present.

place-crumb = { $name }: the sale
place-entered = You are in.
place-entered-before = You had entered already. You are in.
place-queue = { $ahead ->
    [0] You are next.
    [one] One person is before you.
   *[other] { $ahead } people are before you.
 }
place-queue-unknown = The order is being made.
place-turn = It is your turn.
place-held = It is held for you.
place-checking-out = Your checkout is open.
place-bought = It is yours. Thank you.
place-expired = The time to pay is over.
place-given-up = You have given it back.
place-waiting = You have place { $place } on the waiting list.
place-sold-out = Sold out.
place-not-drawn = The draw went to others.
place-halted = The sale has stopped for a moment.
place-over = The sale is over.
place-next-rush = When it opens, everybody who is in gets a random place, and this page shows yours. You may close it and come back.
place-next-draw = Winners are drawn when it opens. This page tells you; you need not be here in that second.
place-next-code = When it opens, a unit is yours to take. This page tells you.
place-next-batch = You come in as units are made, in the order of entering. This page tells you.
place-next-queue = This page looks by itself and tells you when it is your turn. Looking more often brings nothing.
place-next-turn = Take a unit now, and it is yours for { $minutes } minutes while you pay.
place-next-held = Write down where it goes and pay. Nobody can take it from you meanwhile.
place-next-checking-out = Address and payment are on the next page. Nobody can take the unit from you meanwhile.
place-next-bought = The order page has everything: number, delivery, how to send it back.
place-next-ended = The unit went to the next in line, and no money was kept: a payment that came too late goes back at once. You can stand in line again.
place-next-waiting = { $ahead ->
    [0] You get the next unit that comes back. It is then held for you, and this page tells you.
    [one] One person is before you. Units that come back go to the list in its order; this page tells you.
   *[other] { $ahead } people are before you. Units that come back go to the list in its order; this page tells you.
 }
place-next-sold-out = Every unit is taken or held for somebody who is paying. Some come back: the waiting list gets them in its order.
place-next-not-drawn = You move up by yourself when somebody's unit comes back. There is nothing to do.
place-next-not-drawn-ahead = { $ahead ->
    [0] You move up next when somebody's unit comes back. There is nothing to do.
    [one] One person moves up before you when units come back. There is nothing to do.
   *[other] { $ahead } people move up before you when units come back. There is nothing to do.
 }
place-next-halted = What is held stays held, and nobody loses their place. This page looks by itself.
place-next-over = Nothing is taken any more. The report shows how it went.
place-chance = Your chance
place-free = Units left
chance-certain = certain: enough for everybody before you
chance-good = good: enough, if people go on as they did so far
chance-open = open: it can go either way
chance-slim = slim: those before you will probably take them
chance-waitlist = only what others give back
chance-none = none: everything is sold
place-hold-until = Held for you until
place-act-take = Take one
place-act-take-several = Take them
place-units = How many
place-act-wait = Join the waiting list
place-act-again = Stand in line again
place-act-pay = To the checkout
place-act-go-on = Go on with the checkout
place-act-order = To my order
place-act-sale = To the sale
place-act-look = Look again
place-act-give-up = Give it to somebody else
place-keep = Keep your place
place-keep-words = This browser remembers your place. On another device, or if you delete your cookies, this link brings you back. It is yours alone: whoever has it has your place.
place-keep-link = The link to my place
place-fair = Check it yourself
place-fair-words = This random number is your entry in the public report. Nobody can tell from it who you are.
place-notice-sold-out = Somebody else was faster: at this moment no unit is free.
place-notice-turn = It is not your turn yet. Your place stands.
place-notice-limit = You have as many as one person may have.
place-notice-busy = That could not be done at this moment. Nothing was changed; please try again.
place-notice-ended = The time for this unit was over.
place-notice-free = There are units to take: you need not wait.
place-notice-units = That many are not given to one person. Please choose again.
place-notice-key = This form was sent before with something else in it. Here is how it stands; please try again.
place-notice-full = The waiting list is as long as it may be. Please look again in a while.
place-notice-code = Your code belongs to somebody else now, and so does its place.
place-notice-paying = It is being paid at this moment, or is yours already. Nothing was given back.

pass-on-title = Give your code to somebody else
pass-on-lead = A code changes hands once. From then on it is theirs: they enter with it, and your own place with it is gone.
pass-on-from = Your e-mail address
pass-on-from-hint = The one that you entered with. If nobody has entered with the code yet, any of yours.
pass-on-phone = Your telephone number, if you entered with one
pass-on-to = Their e-mail address
pass-on-to-hint = They enter and pay with this address. We do not write to them: tell them the code yourself.
pass-on-once = This cannot be undone, and they cannot pass it on.
pass-on-submit = Give the code away
pass-on-done-title = It is theirs now.
pass-on-done = Whoever reads mail at { $to } can enter with the code from now on, on the sale's page.
pass-on-error-used = Something was bought with this code. It cannot change hands any more.
pass-on-error-before = This code has changed hands once already.
pass-on-error-not-yours = This code belongs to somebody else. Please write down the address that you entered with.
pass-on-error-same = That is your own address.
pass-on-error-closed = The sale is over: nobody can enter any more.

report-title = Report of the sale: { $name }
report-headline = { $units } units, taken in { $time }.
report-headline-none = Nothing was sold.
report-lead = On sale from { $live }, settled { $settled }. Nobody's name is in this report, and everything else is.
report-seconds = { $seconds } s
report-figure-quota = Units for sale
report-figure-sold = Units sold
report-figure-entries = People entered
report-figure-expired = Holds that ran out
report-figure-released = Holds given back
report-figure-limited = Refused by the rules
report-curve = How fast it went
report-curve-words = Units taken over time since the opening, of those that were bought in the end.
report-curve-none = No unit was bought.
report-curve-table = How fast it went, as a table
report-channels-table = Market by market, as a table
report-share = Of the units sold
report-percent = { $share }%
report-units = Units
report-after = Taken after
report-channels = Market by market, against the quota
report-market = Market
report-way = Way in
report-sold-of = Sold / quota
report-bought = People bought
report-check = Check it yourself
report-holds = Recomputed just now from the published data alone: everything holds.
report-fails = Recomputed just now from the published data alone: something does not hold.
report-check-words = The secret below was chosen before anybody entered, and its fingerprint was published then. From the secret and the entries follows the order; from the order follows who came in. That nowhere more was sold than there was follows from adding up.
report-commitment = Fingerprint, published before
report-secret = Secret, shown afterwards
report-download = Download the report (JSON)
