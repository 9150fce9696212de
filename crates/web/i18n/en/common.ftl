# Layout, shared words, error pages, legal texts.

skip = Skip to the content
header-change = Change country, now { $country }
header-languages = Language
header-cart = Cart
footer-label = About this shop
footer-reenactment = A re-enactment from public reports. No real firm runs this shop, nothing is shipped and no money moves.
footer-operator = Run by { $operator }
footer-countries = All countries
footer-api = Interface for programs

legal-imprint = Legal notice
legal-terms = Terms of sale
legal-privacy = Privacy
legal-returns = Returns
legal-empty = This text has not been written yet. Until it is, nothing can be ordered for real in this shop.
legal-reenactment = This shop re-enacts the opening of an online shop as public reports of the time describe it. Names and figures come from those reports. It is not run by, or connected with, the firms they are about. Orders are practice orders: no contract comes about, nothing is shipped and no money moves.

help-title = Questions?
help-email = E-mail
help-phone = Telephone
help-hours = Somebody answers
help-returns = Send goods back to

problem-not-found = There is nothing at this address.
problem-not-found-next = The page may have moved, or the product is not shown in this country.
problem-forbidden = This page is not open to you.
problem-forbidden-next = If you followed a link from a message, it may have ended. Ask for a new one.
problem-bad-method = This address cannot be used in that way.
problem-bad-method-next = Go back and use the form or the link on the page.
problem-bad-request = We could not read what was sent.
problem-bad-request-next = Go back, check what you typed and send it again. Nothing has been changed.
problem-conflict = Something has changed in the meantime.
problem-conflict-next = Nothing was written twice. Go back, reload the page and look at it again.
problem-too-large = That was more than we take at once.
problem-too-large-next = Go back and send less. Nothing has been changed.
problem-too-many = Too many requests came from your connection.
problem-too-many-next = Please wait { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
 } and try again. Your cart is kept.
problem-fault = Something went wrong on our side.
problem-fault-next = It has been recorded. Try again in a moment; if you were paying, look at your order first: nothing is charged twice.
problem-maintenance = Closed for a moment.
problem-maintenance-next = We are working on the shop. Your cart and your orders are safe; please come back shortly.
problem-maintenance-wait = We are working on the shop and expect to be back in { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
 }. Your cart and your orders are safe.
problem-home = To the shelf
problem-countries = Choose a country
problem-request = Request number

error-summary = { $count ->
    [one] One thing needs another look
   *[other] { $count } things need another look
 }
field-missing = Please fill this in.
field-malformed = This does not look right. Please check it.
field-malformed-email = An e-mail address looks like name@example.com.
field-too-long = Please use at most { $max } characters.
field-bad-characters = This contains characters that cannot be printed. Please type it again.
field-mixed-scripts = This mixes letters of different alphabets. Please use one.
field-not-offered = Please choose one of the options.
field-not-accepted = Please accept this to go on.
field-optional = optional

api-openapi = OpenAPI document
api-contents = Contents
api-parameters = Parameters
api-request = Request body
api-answers = Answers
api-examples = Examples
api-name = Name
api-type = Type
api-meaning = Meaning
api-required = required
api-description = Reference of the JSON interface: every operation with its parameters, bodies and answers.
