# Choose your country, shelf, product, waiting list.

countries-title = Choose your country
countries-description = Every country the shop is open in, and how far the others have come.
countries-lead = The shop opens country by country. What it may sell differs from one to the next, so each has its own shelf.
region-asia = Asia
region-americas = The Americas
region-europe = Europe
region-elsewhere = Elsewhere

stage-open = Open
stage-accessories = Open, accessories only
stage-beta = Open in small quantities
stage-opens = Opening on { $date }
stage-preparing = Not yet: tell me when
stage-paused = Paused
stage-closing = Winding down
stage-closed = Closed, warranty continues

shelf-title-open = Open { $in }.
shelf-title-accessories = Open { $in }, accessories first.
shelf-title-beta = Open { $in }, in small quantities.
shelf-title-opens = Opening { $in } on { $date }.
shelf-title-preparing = Not open { $in } yet.
shelf-title-paused = Paused { $in }.
shelf-title-closing = Winding down { $in }.
shelf-title-closed = Closed { $in }.
shelf-lead-open = Everything on this shelf is approved here and can be delivered. What is still waiting for a licence stands below, with its reason.
shelf-lead-accessories = Phones need more papers than power banks. So we begin with what may be sold today, and show the rest with the reason why it has to wait.
shelf-lead-beta = We begin with few of each. When something is sold out, more is on its way.
shelf-lead-opens = The shelf is ready and the papers are nearly complete. Leave your address and we write once, on the day.
shelf-lead-preparing = Every country has its own approvals, and we sell nothing before they are granted. Here is what is still missing. Leave your address and we write once, when the shop opens.
shelf-lead-paused = We have stopped taking orders for a while, except for spare parts. What has been ordered is delivered and looked after.
shelf-lead-closing = No new orders are taken, except for spare parts. What has been ordered is delivered, and warranty continues.
shelf-lead-closed = Nothing is sold here any more. Warranty for what was bought continues.
shelf-beta = For now, people on our waiting list can buy here, and one person can have { $max } of each. Buy with the e-mail address that you have confirmed for the list.
shelf-description = What can be bought { $in }, what is coming, and why not yet.
shelf-summary = This shop in figures
shelf-count-offers = To buy today
shelf-count-announced = Announced
shelf-count-gaps = Approvals missing
shelf-offers = To buy today
shelf-announced = Announced, not sold here yet
shelf-announced-closed = What the shop sells elsewhere
shelf-gaps = What is still missing
shelf-gap-products = { $count ->
    [one] one product waits for it
   *[other] { $count } products wait for it
 }
shelf-empty = The shelf is empty.
shelf-empty-next = Nothing has a price and an approval here yet.
shelf-expected-sale = Sale planned for { $date }
shelf-expected-news = News expected in { $month }
shelf-expected-unknown = No date yet

stock-in = In stock
stock-few = { $count ->
    [one] Last one
   *[other] { $count } left
 }
stock-out = Sold out
stock-preorder = To pre-order

price-from = from { $price }
price-mrp = MRP { $price } (incl. of all taxes)
price-lowest = Lowest price of the last 30 days: { $price }
tax-included = incl. { $tax }
tax-included-rate = incl. { $rate } { $tax }
tax-excluded = plus sales tax, estimated at checkout
tax-none = no sales tax
tax-vat = VAT
tax-gst = GST
tax-sales = Sales tax

product-description = { $name } { $in }: { $line }
product-home = Shelf
product-variants = Choose
product-quantity = Quantity
product-add = Add to cart
product-preorder = Pre-order
product-preorder-expected = Delivery expected from { $date }
product-preorder-title = Before you pre-order
product-soldout = Sold out { $in } at the moment.
product-beta = This shop is open to people from its waiting list, and one person can have { $max } of this. Already on the list? Buy with the address that you have confirmed. Not yet? Join it here.
product-box = In the box
product-fits = Fits
product-accessories = Goes with it
product-delivery = Delivery
product-facts = Facts
product-legal = Papers
product-legal-lead = What makes it lawful to sell this { $in }.
product-legal-lead-refused = What is on record for this { $in } so far.
product-legal-empty = No number is on record here yet.
product-manufacturer = Manufacturer
product-importer = Responsible here
product-expires = valid until { $date }

ship-home = Shipped as a parcel from our warehouse { $in }.
ship-local = Shipped from a warehouse { $in }.
ship-partner = Delivered by our partner { $in }.
ship-days = { $from }–{ $to } days on the way.
ship-cost = Shipping { $price } per order.
ship-free = Shipping is free.
ship-unknown = Shipping is shown at checkout.
duty-paid = The goods were cleared through customs before they are sold. No import duty is due at the door.
duty-open = The parcel crosses a border. This shop does not work out import duty and does not collect it: if customs charge any, the carrier collects it from you.
return-days = { $days } days to send it back.

fact-weight = Weight with packaging
fact-battery = Battery
fact-radio = Radio
fact-chipset = Chipset
fact-origin = Made in
fact-revision = Hardware revision
fact-hs = Customs code
fact-announced = Announced
fact-sku = Article
fact-grams = { $value } g
fact-watt-hours = { $value } Wh

waiting-model = Tell me when it is sold { $in }
waiting-market = Tell me when the shop opens
waiting-stock = Tell me when there is more
waiting-beta = Put me on the waiting list
waiting-email = E-mail address
waiting-submit = Tell me
waiting-promise = We ask you by mail whether it was you. Then one message, and your address is deleted.
waiting-done = Now look into your mailbox.
waiting-done-model = We have written to { $email }, unless that address has confirmed already. Press the button behind the link in that letter: you are on the list with it, and we write once more, when { $name } can be bought here. Then your address is deleted.
waiting-done-market = We have written to { $email }, unless that address has confirmed already. Press the button behind the link in that letter: you are on the list with it, and we write once more, when the shop opens here. Then your address is deleted.
waiting-done-unless = The link is good for seven days. If nobody presses the button by then, the address is deleted.
waiting-noted = Your wish is noted.
waiting-noted-text = This shop sends no letters yet. As soon as it does, we ask { $email } to confirm. If that does not happen within a year, the address is deleted.
waiting-confirm = Shall we write to you?
waiting-confirm-model = Somebody, you presumably, wants to hear at your address when { $name } can be bought { $in }. With the button you are on the list.
waiting-confirm-market = Somebody, you presumably, wants to hear at your address when the shop { $in } opens. With the button you are on the list.
waiting-confirm-submit = Yes, write to me
waiting-confirm-not = It was not you? Then do nothing: the address is deleted after seven days, and nobody writes again.
waiting-confirmed = You are on the list.
waiting-confirmed-model = We write to you once, when { $name } can be bought { $in }. Then your address is deleted.
waiting-confirmed-market = We write to you once, when the shop { $in } opens. Then your address is deleted.
waiting-leave = Do you no longer want to wait?
waiting-leave-model = With the button you are off the list for { $name } { $in }, and your address is deleted there.
waiting-leave-market = With the button you are off the list for the opening { $in }, and your address is deleted there.
waiting-leave-submit = Take me off the list
waiting-left = You are not on the list.
waiting-left-text = Your address is deleted there, and nobody writes to you because of it.
waiting-link-over = This link is not good any more.
waiting-link-over-text = It is older than seven days, or you have left the list in the meantime. Ask once more, and a new letter comes.
waiting-again = That address needs another look.
waiting-back = Back to the shelf
waiting-title = Waiting list
