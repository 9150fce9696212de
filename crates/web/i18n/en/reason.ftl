# Why something is not sold here. Each noun is a subject in the singular, so that every sentence
# below can be built with it.

refusal-missing = Not sold { $in } yet: { $what } is missing.
refusal-progress = Not sold { $in } yet: { $what } has been applied for.
refusal-expired = Not sold { $in } at present: { $what } has expired.
refusal-blocked = Not sold { $in } at present: an order stands against it ({ $authority }).
refusal-banned = Not sold { $in }: this kind of product may not be brought in ({ $authority }).
refusal-unknown = Not sold { $in } yet: { $what } is still to be clarified.
refusal-stage = Not sold { $in } yet: the shop is not open here.
refusal-price = Not sold { $in } yet: it has no price here.
refusal-withdrawn = Not sold { $in } at present: we have taken it off the shelf.
refusal-sale = The sale is planned for { $date }.
refusal-news = We expect to know more in { $month }.
refusal-open = There is no date yet.
refusal-title = What it waits for
refusal-lead = { $count ->
    [one] One thing stands between this product and the shelf.
   *[other] { $count } things stand between this product and the shelf.
 }

reason-missing = Missing
reason-progress = Applied for
reason-expired = Expired
reason-blocked = Blocked
reason-unknown = Not known
reason-missing-change = Once it is granted, this no longer stands in the way.
reason-progress-change = We wait for the answer.
reason-expired-change = Once it is renewed, this no longer stands in the way.
reason-blocked-change = It ends when the order is lifted or changed.
reason-unknown-change = We say no until we know.
reason-authority = Decided by
reason-reference = Reference
reason-since = Since
reason-until = Until
reason-lead-label = Usually takes
reason-lead = { $from }–{ $to } weeks

what-accessibility = its accessibility declaration
    .label = Accessibility
what-battery = its battery declaration
    .label = Battery rules
what-blocker = an exemption for this kind of product
    .label = Ban of this kind of product
what-chemicals = the declaration of its substances
    .label = Substances
what-consumer = a document that consumer law asks for
    .label = Consumer law
what-corporate = a permit for the company
    .label = Company
what-customs = its import registration
    .label = Import
what-cyber = its security assessment
    .label = Cyber security
what-emc = its interference test
    .label = Interference
what-energy = its energy declaration
    .label = Energy use
what-environment = the registration for its recycling
    .label = Waste and packaging
what-export = its export classification
    .label = Export control
what-interoperability = the declaration on its charging port
    .label = Common charger
what-ip = the licence for its patents
    .label = Patents and marks
what-label = a label or manual for this country
    .label = Label and manual
what-licence = a licence for its software or radio mark
    .label = Contract licences
what-local-content = the proof of local production
    .label = Local production
what-network = its network acceptance
    .label = Mobile networks
what-radio = its radio approval
    .label = Radio approval
what-safety = its safety certificate
    .label = Electrical safety
what-transport = the transport test of its battery
    .label = Battery transport
what-order = the end of an order against it
    .label = Order
what-stage = the opening of the shop
    .label = Opening
what-price = a price for this country
    .label = Price
what-withdrawn = our decision to sell it again
    .label = Withdrawn
