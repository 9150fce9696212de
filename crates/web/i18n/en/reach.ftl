# The published figures.

footer-figures = Figures

value-about = about { $number }
value-more-than = more than { $number }
value-at-least = at least { $number }
value-less-than = fewer than { $number }
unit-million = { $count ->
    [one] { $number } million
   *[other] { $number } million
 }
unit-in-millions = Millions
unit-percent = { $count ->
    [one] { $number }%
   *[other] { $number }%
 }
unit-users = { $count ->
    [one] { $number } user
   *[other] { $number } users
 }
unit-countries = { $count ->
    [one] { $number } country
   *[other] { $number } countries
 }
unit-markets = { $count ->
    [one] { $number } market
   *[other] { $number } markets
 }
unit-products = { $count ->
    [one] { $number } product
   *[other] { $number } products
 }
unit-phones = { $count ->
    [one] { $number } phone
   *[other] { $number } phones
 }
unit-patents = { $count ->
    [one] { $number } patent
   *[other] { $number } patents
 }
unit-followers = { $count ->
    [one] { $number } follower
   *[other] { $number } followers
 }
unit-years = { $count ->
    [one] { $number } year
   *[other] { $number } years
 }
unit-minutes = { $count ->
    [one] { $number } minute
   *[other] { $number } minutes
 }

period-first-half = first half of { $year }
period-second-half = second half of { $year }
period-half-short = H{ $half }

rank-exact = No. { $place }
rank-between = No. { $best } or { $worst }
rank-among-first = among the first { $place }
rank-not-first = not among the first { $place }

confidence-s1 = Primary source
confidence-s2 = Secondary source
confidence-m = From memory, unverified
confidence-s1-words = Found in a primary or official source: the firm’s own page, a court’s order, an agency’s release.
confidence-s2-words = Found in a secondary source: press, a law firm, a data vendor quoted by others.
confidence-m-words = No source was found yet. It is printed as an outline and takes no part in any headline.

subject-phones-sold = Phones sold
subject-rom-users = Users of the ROM
subject-rom-countries = Countries and markets
subject-opening = Openings and closings
subject-reasons = Why no phones in the USA
subject-price = Prices
subject-bands-sold = Bands sold
subject-festival = The yearly festival
subject-court = The Indian case
subject-demand = Demand, misjudged
subject-phones-india = Phones in India
subject-made-locally = Made locally
subject-resellers = Resellers
subject-china-share = How small abroad was
subject-selling = Ways of selling

reach-title = The figures
reach-description = What we count, what others say of us, what it means and where it is written: installations, phones sold, world rank, targets and forecasts.
reach-lead = What we count ourselves, what others say of us, and what each number means. Claims that compete stand side by side; nothing is averaged, and every figure leads to its source.
reach-records = { $count } records, each with its source
reach-live-kicker = Our own count
reach-live-unit = devices active in the last { $days } days
reach-live-activations = { $number } devices ever seen
reach-live-simulated = invented devices: this shop is a re-enactment
reach-live-definition = What exactly is counted
reach-live-none = Nothing counted yet.
reach-live-none-why = When the first device reports, you will read here how many were active in the last 30 days. Until then we print no number of our own.
reach-live-read = read on { $moment }
reach-claims = What others say
reach-echo = “{ $value }” was said twice
reach-target-kicker = The target for { $period }
reach-target-title = { $wanted } wanted, { $happened } reached
reach-target-title-open = { $wanted } wanted
reach-target-growth = over the last half-year, held all year: the gap to the target when the year began.
reach-target-second-half = When the first half was told, the second had to bring { $amount }: { $growth } over the first.
reach-target-spread = is what { $count } simple methods made of the years before: a spread of simple methods, not a probability.
reach-methods = How they work
reach-target-chart = Units a year, the target for { $period }, what simple methods forecast and what happened
reach-target-caption = Millions of phones a year. Ink: what the company told. Colour: what it wanted. Grey: what simple methods made of the half-years known when the year began, worked out in hindsight.
reach-targets = Targets, as they were announced
reach-outcomes = What was told afterwards
reach-forecasts = Forecasts, as the methods make them
reach-rank-kicker = The world rank
reach-rank-title = No. { $places }: it depends on who counts, and when
reach-rank-lead = { $count } providers, each with its own measure. We print what each of them said of each period, and make no rank of our own.
reach-rank-chart = World rank by provider and period; the table has every field
reach-rank-caption = Places by period. A bar leads over places that were left open: “fifth or sixth”, “among the first five”.
reach-units-kicker = Phones a year
reach-units-title = How many depends on who says it
reach-units-lead = “Sold” is the company’s word, “shipped” that of the firms that estimate. Both are right, of different things.
reach-units-apart = The widest gap: { $apart } between two speakers on { $period }.
reach-units-chart = Phones a year by who says it; the table has every number
reach-units-caption = Millions of phones. An outline is unverified; an open end means “more than”.
reach-map-kicker = The world
reach-map-title = { $count ->
    [one] One country to which the shop sells
   *[other] { $count } countries to which the shop sells
 }
reach-map-chart = Map of the world: where the shop sells, where it prepares, where it has closed
reach-map-caption = How far the shop has come in each country, today.
reach-map-caption-devices = How far the shop has come in each country, and how many active devices are there: circles by area.
reach-map-source = Source of the shapes: Natural Earth, public domain; Equal Earth projection, in which areas are true.
reach-map-withheld = { $devices } more are in countries with too few devices to be told apart.
map-open = sells
map-coming = prepares
map-closed = paused or closed
map-devices = Active devices
reach-all = Every figure
reach-all-lead = All that is recorded, by subject. A figure’s page has its definition, its source and what others say of the same.
reach-table = The numbers as a table
reach-take = Take it with you
reach-take-files = Files
reach-take-feed = News
reach-feed = New figures, as an Atom feed
reach-take-counter = The counter on your page
reach-take-counter-how = These lines show it; it sets no cookie and tells us nothing about your readers.
reach-take-counter-look = Look at it

column-period = Period
column-what = What
column-value = Figure
column-who = Who says it
column-source = Source
column-provider = Provider
column-place = Place
column-measure = Measure
column-share = Share
column-country = Country
column-stage = The shop

kind-figure = A claim
kind-rank = A world rank
kind-target = A target
kind-forecast = A forecast
record-period = About
record-said-by = Who says it
record-said-on = Said on
record-source = Source
record-confidence = How sure
record-recorded = Recorded here
record-method = Method
record-inputs = Worked out from
record-known-until = With what was known in
record-made-on = Worked out on
record-share = Share of the world
record-units = Units
record-rank-title = { $provider }, { $period }
record-target-title = Target for { $period }
record-target-definition = What was to be reached, as it was announced. A target is not a forecast, and it is not put right afterwards.
record-forecast-title = Forecast for { $period }: { $method }
record-forecast-definition = What a method makes of what was known. A forecast is not a target, and it is not put right afterwards.
record-forecast-hindsight = Worked out in hindsight, with what was known then.
record-rank-definition = The place among the makers of the world, by { $measure }, as this provider counts.
record-corrected = This record has been put right by:
record-corrects = This record puts right:
record-never-edited = Records are added and never edited.
record-beside = What others say of the same
record-beside-lead = Beside each other, not averaged: each counts its own thing.

definitions-title = What the numbers mean
definitions-lead = The definition behind each number that we count, the methods behind each forecast, and what we call a source.
definitions-counted = What we count
definitions-methods = How forecasts are worked out
definitions-methods-lead = A few years of figures bear no more than a few simple methods. We print them all, the spread between them and what became of each. Below eight forecasts of our own we print no interval.
definitions-confidence = How well a figure is known
definitions-records = Records
definitions-records-words = A figure or a rank is put right by a new record that names the old one; both stay. Targets and forecasts are never put right. The database refuses to change any of them.
definitions-small = Small numbers
definitions-small-words = Where a field of a table has fewer than { $least } devices it is not printed on its own: it could point at a person. Neither is a field that could be worked out from others, from two windows of days, or from what was printed before: numbers are made anew only when as many devices have changed. What is left out is summed.
measure-activations = Activations
measure-activations-words = Distinct device keys ever seen. It never falls. A device that is wiped gets a new key and counts again; this is not a number of people or of devices in use.
measure-active = Active in N days
measure-active-words = Distinct device keys with at least one report that counts on one of the last N days (UTC), today included. A report counts on the day it says it is from when that is at most 30 days ago, otherwise on the day it came.
measure-on-version = On a version
measure-on-version-words = Distinct device keys by the version in the newest report of each, among those active in the last N days.
measure-installs-reported = Installations reported
measure-installs-reported-words = Reports of a device that it has installed a version other than the one it last reported (or its first). The same report twice counts once.
measure-installs-inferred = Installations inferred
measure-installs-inferred-words = Update checks of a known device with a version other than the one it last reported, without a report of the installation. A first check is not counted.
method-run-rate = Run rate
method-run-rate-words = The last period again and again: half-year times two, quarter times four.
method-drift = Drift
method-drift-words = The straight line from the first to the last point, continued.
method-damped = Damped trend
method-damped-words = The last growth in logarithms, weaker by the factor phi with each period. Phi is a choice, so several are shown, from 0.3 to 0.9.
method-constant-growth = Constant growth
method-constant-growth-words = The mean growth of all periods, for ever. It is shown because somebody always says it.
method-last-year-again = Last year again
method-last-year-again-words = The growth of the last whole year once more.
method-bass = Bass’s curve
method-bass-words = A curve of diffusion with a ceiling that is entered by hand: a what-if. Fitted to four years, the best fit gave the worst forecast.
measure-shipments = shipments
measure-sales = sales to end users
list-or = { $others } or { $last }
reach-target-ray = Target: { $value }

reach-target-run-rate = At the rate of the last half-year the year brings { $rate }: { $missing } short.
reach-target-range = { $low } to { $high }
reach-count-kicker = Our own count, taken apart
reach-count-title = { $share } of the devices have shown that they were here before
reach-count-title-none = Nothing in this count is proved yet
reach-count-lead = { $number } of the active devices brought a credential that this server gave them on an earlier day. The others are counted, too, and anybody could have invented them.
reach-count-lead-none = A device can show from its second day on that it was here before. Until then anybody could have invented it.
reach-count-exceeded = { $count ->
    [0] Of no model have more devices been seen than serial numbers were given out.
    [one] Of one model more devices have been seen than serial numbers were given out.
   *[other] Of { $count } models more devices have been seen than serial numbers were given out.
 }
reach-count-chart = Devices, day by day
reach-count-ceiling-chart = Devices ever seen, beside the serial numbers that were given out
reach-count-caption = Both charts: our own count. The upright line is the ceiling; what lies beyond it is an outline, and is wipes, hardware of others, or invention.
reach-count-since = The first day told is { $day }.
reach-count-of = { $seen } of { $made }
reach-count-of-few = too few of { $made }
reach-count-ever = ever seen
reach-count-month = active in 30 days
reach-count-over = more than made
reach-count-unknown = { $number } devices say that they are models of which the maker has published no build and made none.
standing-credentialed = showed a credential
standing-anonymous = anonymous
column-standing = Standing
column-part = Part
column-model = Model
column-made = Made
column-until = Until
definitions-standing = Credentialed and anonymous
definitions-standing-words = A device counts as credentialed if its newest report came with the credential that this server had given it on an earlier day. It proves that the same device key was here before; it makes inventing devices a work of two days, not impossible. All others are anonymous.
definitions-ceiling = The ceiling
definitions-ceiling-words = Serial numbers that the maker has given out, by model. More devices than were made mean wipes (each counts again), hardware of others under the same name, or invention.
reach-take-count = Our own count
reach-take-proof = Each file names the place in the log up to which it was counted. “kontor install recount” counts it again from there.
reach-take-picture = Where a page may show pictures but no frames, in a letter or a readme, this is the number as a picture, made anew every minute:
reach-take-policy = A page with a content security policy allows the frame with frame-src, the picture with img-src. Neither needs script.
map-largest = the largest circle is { $largest }
reach-sources = Sources: { $names }.
reach-sources-more = { $names }; and { $count } more in the table
reach-count-source = Source: this shop’s own log of reports.
