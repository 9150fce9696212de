# The staff area: orders, customers, jobs, figures, finding.

desk-find = Search
desk-find-hint = Number, name, e-mail, part of a phone number, SKU …
desk-find-what = What you can search
desk-find-keys = “/” leads to the search field from every page, the arrow keys through what was found, Enter opens it. Several words narrow it down.
desk-found = Found
desk-found-none = Nothing was found for “{ $what }”.
desk-found-first = the first { $count }
desk-found-more = There are more. Another word narrows it down.
desk-found-on = Search on
desk-found-looked = These are not all: there are too many numbers that begin so to look through at once.
desk-rules = Rules and orders of authorities
desk-documents = Documents
find-by-orders = their number or its beginning, a name, an e-mail address, at least four digits of a telephone number in a row, a postcode, a SKU
find-by-customers = whatever finds one of their orders, or the whole e-mail address
find-by-serials = at least three characters of the beginning
find-by-products = the beginning of the SKU, the name
find-by-rules = the code, what is demanded, the authority, the file number
find-by-grants = the code, the authority’s number, the issuer, what is cleared
find-by-documents = the name of the file, six characters of the hash
find-by-withdrawals = the code, the reason, what is withdrawn
find-by-sales = the title, the id
find-by-resellers = the firm’s name, the code of a contract, the whole e-mail address
find-by-people = the name, the beginning of the e-mail address
find-by-letters = the id; the letters of an order stand on its page
find-by-markets = the code, the country
find-by-builds = the device, the version
find-by-places = a word of their name
desk-products = Products
desk-grants = Evidence
desk-sales = Sales
desk-builds = Builds
desk-customers = Customers
desk-orders = Orders
desk-orders-none = There are no orders like that.
desk-all = All
desk-day = Day
desk-next = Next
desk-goods = Goods
desk-units = Units
desk-each = Each
desk-total = Total
desk-shipping = Shipping
desk-tax-in-it = with { $tax } tax
desk-verdict-then = When it was sold
desk-verdict-now = Delivery today
desk-facts = facts { $version }
desk-not-known = not known any more
desk-timeline = What has happened
desk-happened-placed = Placed
desk-happened-captured = { $amount } collected
desk-happened-refunded = { $amount } given back
desk-happened-returned = { $units } × { $sku } came back and can be sold again
desk-happened-scrapped = { $units } × { $sku } came back and was scrapped
desk-deposits = Deposits
desk-deposit-open = wanted, not paid
desk-deposit-paying = being paid
desk-deposit-failed = payment failed
desk-deposit-lapsed = not paid, what was typed is deleted
desk-deposit-held = held for a place in line
desk-deposit-applied = went towards an order
desk-deposit-returned = given back
desk-deposit-paid = paid on { $date }
desk-deposit-left = ({ $left } of it not given back)
desk-happened-applied = A deposit of { $amount } went towards it
desk-happened-unapplied = { $amount } of the deposit was given back
desk-happened-voided = Sale called off
desk-notes = Notes
desk-notes-none = Nobody has written anything down.
desk-note = A note for your colleagues
desk-note-write = Write it down
desk-customer = Customer
desk-ship-to = Goes to
desk-language = Bought in { $language }
desk-payment = Payment
desk-paid-by = By
desk-captured = Collected
desk-refunded = Given back
desk-refund-sent = Sent.
desk-refund-waits = The provider is still to be asked.
desk-return = Take goods back
desk-return-bad = Units are whole numbers.
desk-return-good = Units good to sell again
desk-return-hint = Possible at every stage of the market, closed ones too. It moves no money: give some back with its own form.
desk-return-scrapped = Units to be scrapped
desk-books = Bookings
desk-to = To
desk-amount = Amount
desk-acts = What you can do
desk-refund = Give money back
desk-refund-amount = Amount in { $currency }
desk-refund-hint = Up to { $left }. When more has gone back of this order than the limit of your shop a second person has to approve it.
desk-refund-bad = This is no amount of the order’s currency, such as 12.50.
desk-cancel = Cancel the order
desk-cancel-hint = The units go back to the shelf, and all of the money that is left to the customer. Where more was collected than the limit of your shop a second person has to approve it.
desk-state-awaiting-payment = waits for payment
desk-state-paid = paid, to be sent
desk-state-on-hold = held
desk-state-dispatched = on its way
desk-state-delivered = delivered
desk-state-returned = returned
desk-state-cancelled = cancelled
desk-state-partly-refunded = partly refunded
desk-state-refunded = refunded
desk-known-since = known since { $date }
desk-entries = Sales entered
desk-export = Export what is kept
desk-export-hint = Everything that is kept about this person, as JSON, to be handed to them (Art. 15 and 20 GDPR). The log tells that you did it.
desk-merge = Put two addresses together
desk-merge-other = The other address of the same person, or the number of one of their orders
desk-erase = Erase this person
desk-erase-hint = E-mail address, telephone number, notes, waiting lists and everything they are found by go. Name and address stay in orders whose tax records have to be kept, until that time is over. A second person has to approve it.
desk-waiting = Waiting lists
desk-waiting-none = Nobody waits here.
desk-waiting-opening = The opening of this market
desk-waits-for = Waits for
desk-confirmed = Confirmed
desk-unconfirmed = Not confirmed
desk-unconfirmed-one = not confirmed
desk-confirmed-on = confirmed { $when }
desk-waiting-note = Only who has confirmed from the mailbox is written to, is in the list and counts as demand. An address that nobody confirms is deleted seven days after it was asked.
desk-csv-logged = The CSV file has the whole list, with names or addresses. The log tells who took it, and when.
desk-list = List
desk-jobs = Jobs
desk-jobs-given-up = Given up ({ $count })
desk-jobs-waiting = Waiting ({ $count })
desk-jobs-none = There are none.
desk-outbox = Letters that have not left
desk-outbox-given-up = Given up
desk-outbox-late = Late
desk-outbox-late-hint = These were queued more than { $minutes } minutes ago and are still tried. When a server takes none, its letters are late together.
desk-outbox-queued = Since
desk-job-due = Tried
desk-job-tries = Tries
desk-job-error = Why it failed
desk-job-retry = Try again
desk-job-give-up = Give up
desk-figures = Figures
desk-figures-hint = Of your markets, with the last thirty days. Counted within a second of each order.
desk-orders-by-day = Orders by day
desk-orders-by-market = Revenue and orders by market
desk-value = Value with tax and shipping
desk-table = The same as a table
desk-funnel = From carts to orders, in seven days
desk-step = Step
desk-how-many = How many
desk-of-carts = Of the carts
desk-carts = Carts
desk-checkouts = Checkouts
desk-cover = How long the stock lasts
desk-cover-none = There is no stock to sell.
desk-available = To be sold
desk-ordered-30 = Ordered in 30 days
desk-lasts = Lasts
desk-lasts-days = { $days ->
    [one] one day
   *[other] { $days } days
}
desk-calendar = Evidence that ends within a year
desk-calendar-none = Nothing ends within a year.
desk-went-wrong = What went wrong
desk-went-wrong-none = Nothing.
desk-jobs-failed = { $count ->
    [one] One job was given up
   *[other] { $count } jobs were given up
}
desk-jobs-failed-more = More than { $count } jobs were given up
desk-unpaid = Orders that wait for payment
desk-unpaid-none = No order waits for payment.
desk-letter = Letter
desk-letters = Letters
desk-letters-none = No letter of the last thirty days is about this order.
desk-letter-again = Send again
desk-letter-placed = Confirmation of the order
desk-letter-received = Payment received
desk-letter-refunded = Money goes back
desk-letter-cancelled = Order cancelled
desk-letter-held = Order has to wait
desk-letter-freed = Order goes on
desk-letter-waits = on its way
desk-letter-sent = sent
desk-letter-given-up = given up
desk-letter-not-true = This letter is not sent: what it says is not true of the order any more.
desk-letter-on-its-way = This letter is on its way already. Try again when it is sent.
desk-letter-nobody = There is nobody to write to: the customer was erased.
desk-letter-no-mail = This shop sends no letters: mail is not configured.
desk-people-count = { $count ->
    [one] one person
   *[other] { $count } people
}
desk-tell = Write to a waiting list
desk-tell-them = Write to them
desk-tell-who-waits = Write to those who wait for { $name }
desk-tell-over = it can be bought now
desk-tell-delayed = it was withdrawn for the time being
desk-tell-people = { $count ->
    [one] One person has not been told.
   *[other] { $count } people have not been told.
}
desk-tell-once = Each gets this letter once and is off the list with it.
desk-tell-stays = Each gets this letter once and stays on the list.
desk-tell-nobody = Nobody waits who has not been told.
desk-tell-propose = Propose to send it
desk-tell-unknown = There is no such list.
desk-tell-not-open = Nothing is sold in this market yet: the letter would not be true.
desk-tell-not-for-sale = No variant of it can be bought there today: the letter would not be true.
desk-tell-not-withdrawn = It is not withdrawn there: the letter would not be true.
desk-serials = Serial numbers
today-sale-halted = The sale “{ $title }” is halted
today-hook-off = The webhook “{ $name }” was switched off, because it failed
today-hook-held-back = The webhook “{ $name }” is not told everything: { $why }
today-rollout-halted = The rollout of { $build } is halted
today-keys = Keys that expire
today-key-ends = “{ $name }” opens nothing any more from { $day }
today-to-send = Orders that can be sent
today-to-send-none = Nothing waits to be sent.
today-to-dispatch = To the parcels
today-rollouts = Rollouts under way
today-rollouts-none = No rollout is under way.
today-all-waiting = All that wait for you: { $count }
today-decided = What became of your proposals
today-lacking = What products lack
today-lacking-none = Every product has texts and a picture in every language of the markets that show it.
lacks-name = no name: { $languages }
lacks-text = texts not translated: { $languages }
lacks-option = variants not told apart: { $languages }
lacks-picture = no picture
lacks-fit = a spare part that fits nothing
lacks-hs-code = no customs code
today-orders-more = { $count ->
    [0] And more.
   *[other] And more than { $count } more.
}
today-held-more = More than { $count } orders are held: { $market }
today-letters-given-up-more = More than { $count } letters were given up
today-letters-late-more = More than { $count } letters are late
today-order-job = A job about the money of order { $order } was given up
today-order-letter = A letter about order { $order } was given up
today-held = { $count ->
    [one] One order is held: { $market }
   *[other] { $count } orders are held: { $market }
}
today-stock-low = Little or nothing is left ({ $market }): { $items }
today-letters-given-up = { $count ->
    [one] One letter was given up
   *[other] { $count } letters were given up
}
today-letters-late = { $count ->
    [one] One letter is late
   *[other] { $count } letters are late
}

desk-problem-right = This takes the right { $permission }, which is part of: { $roles }. Two owners together give roles, under People.
desk-problem-forbidden = You have no right to this here, or it takes somebody else than you. Two owners together give roles, under People.
desk-problem-not-found = It may be of a market that is not yours, or the address has a mistake in it. Look for it by its name or number.
desk-problem-conflict = Nothing was changed. Somebody has done something here since you opened the page, or the form was sent before. Open the page again and look.
desk-problem-fault = Nothing that was not confirmed has been done. It has been recorded; try again in a moment, and name the request number to whoever runs the server.
desk-problem-closed = Nothing was changed. The server is busy or being worked on; try again in a moment.
desk-problem-back = Back to the page
today-first = These are the first { $count }; there are more.
today-list = The whole list
desk-acts-older = Older acts
desk-acts-newest = The newest acts
desk-bills = Bills
desk-payments = Payments
find-by-reseller-orders = the whole id (rso_…)
find-by-bills = the whole number of a bill
find-by-payments = what the provider, or the bank, calls the payment
