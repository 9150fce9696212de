# Builds and rollouts in the staff area: planning, moving up, withdrawing, signing.

signing-title = What devices trust
signing-none = No device can trust anything yet: there are no keys.
signing-begin = How to begin
signing-step-new = Where the key will stay: make a key; once for each person who holds one
signing-step-init = On the server: begin with the public halves of root and targets keys
signing-all-signed = Every document has its signatures.
signing-waits = { $count ->
    [one] One document waits for signatures.
   *[other] { $count } documents wait for signatures.
}
signing-documents = Documents and their keys
signing-documents-hint = The server renews timestamp and snapshot by itself. Whatever else ends within 30 days is written anew and waits here.
signing-until = Good until
signing-takes = Signatures it takes
signing-of = { $have } of { $need }
signing-on-server = on the server
signing-offline = elsewhere
signing-whose = Whose
signing-keys = Keys that have not signed
signing-complete = Signed; waits for another document
signing-changes = What signing changes
signing-changes-hint = The same lines are shown where the key is, from the files themselves. Sign only if they agree.
signing-change = Change
signing-how = How to sign it
signing-step-export = On the server: write what waits into files
signing-step-look = Where the key is: look at them
signing-step-sign = Where the key is: sign them
signing-step-import = Bring them back: in the form below, or on the server
signing-take = Bring a signed bundle
signing-take-hint = Its signatures are checked at once. They count when a second person has approved them; what is complete then is published.
signing-take-file = The bundle
signing-take-file-hint = A file ending in .bundle.json, signed where the key is; up to 2 MB. A larger one is taken in by command.
signing-take-do = Have it approved

build-withdrawn = Withdrawn: { $reason }
build-page = Its public page
build-size = Size
build-sha256 = SHA-256
build-channels = Channels
build-channels-none = It is in no channel yet.
build-since = Since
build-floor = Devices must install it before any later one
build-floor-yes = Yes
build-floor-no = No
build-floor-hint = For a build that later ones need to have been there, such as one that changes the partitions.
build-rollout = Rollout
build-plan = Plan a rollout
build-promote = Put it into a channel
build-promote-hint = Nobody gets it by that: a rollout does. It takes a second person.
build-promote-do = Propose it
build-withdraw = Withdraw it
build-withdraw-hint = Works at once, cannot be taken back, and halts every rollout of it.
build-withdraw-reason = People read it on the build’s page.
build-withdraw-do = Withdraw it for good

rollout-plan-title = Plan a rollout
rollout-plan-lead = A plan is rehearsed first, then approved by a second person, then started.
rollout-plan-builds = Builds
rollout-plan-builds-hint = A model and the incremental of its build on each line. Several models are one campaign: started, halted and moved on together.
rollout-plan-waves = Waves
rollout-plan-waves-hint = Separated by commas: own for the company’s own devices, a percentage, or 5@IN+ID for a share in some countries. The last is 100. One that ends in its own way says so: 10:hand, 10:24h, 10:success.
rollout-plan-how = How waves end
rollout-plan-by-itself = By themselves, by the hours or the successes
rollout-plan-by-hand = By hand, when somebody lets the next one begin
rollout-plan-hours = Hours of each wave
rollout-plan-hours-hint = Left empty, a wave ends when enough devices have reported success.
rollout-plan-failures = Failures that are too many, in percent
rollout-plan-reports = Reports before that means something
rollout-plan-reports-hint = Devices that came to an end, well or badly.
rollout-plan-trip = What happens then
rollout-plan-trip-halt = Nobody gets it any more
rollout-plan-trip-pause = Nobody new gets it
rollout-plan-devices-per-hour = Devices an hour, at most
rollout-plan-megabits = Megabits a second, at most
rollout-plan-devices = Devices of each model
rollout-plan-devices-hint = Left empty, those that were counted in the last { $days } days and do not run the build yet.
rollout-plan-rehearse = Rehearse
rollout-plan-propose = Propose it
rollout-plan-rehearsed = How it would go
rollout-plan-met = Devices that it meets
rollout-plan-met-own = The company’s own among them
rollout-plan-source = Where that is from
rollout-plan-from-count = Counted in the last { $days } days
rollout-plan-from-form = Said in the form
rollout-plan-ends = Ends
rollout-plan-ends-by-reports = when its devices report success
rollout-plan-ends-by-hand = when somebody lets it go on
rollout-plan-ends-wave = { $hours ->
    [one] an hour after it began
   *[other] { $hours } hours after it began
}
rollout-plan-ends-after = { $hours ->
    [one] an hour after the start
   *[other] { $hours } hours after the start
}
rollout-plan-done-at = { $moment }, if it began now
rollout-plan-waves-rehearsed = Traffic as if every device fetched the whole package.
rollout-plan-added = Devices it adds
rollout-plan-inside = Devices that have it then
rollout-plan-traffic = Traffic

campaign-title = Planned together
campaign-hint = A step of one is a step of all. The gate watches each model and their sum; whichever is too bad stops all.
campaign-part = { $model }, planned with others
campaign-sum = All together
