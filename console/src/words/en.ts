// English. Keys are the same in every language; a test holds them together.

export const en = {
  'brand.name': 'Windvane',

  'nav.label': 'Views',
  'nav.skip': 'Skip to the content',
  'nav.pageTitle': '{view} · Windvane',
  'nav.brief': 'Brief',
  'nav.decisions': 'Decisions',
  'nav.customers': 'Customers',
  'nav.impact': 'Impact',
  'nav.campaigns': 'Campaigns',
  'nav.health': 'Data',

  'common.close': 'Close',
  'common.loading': 'Loading',
  'common.retry': 'Try again',
  'common.unknown': '–',
  'common.time': 'Time',
  'common.copy': 'Copy',
  'common.copied': 'Copied',
  'common.back': 'Back to the list',
  'common.all': 'All',

  'header.demo': 'DEMO ×{rate}',
  'header.live': 'LIVE',
  'header.clock': 'The product’s clock, {zone}',
  'header.needs': '{count, plural, one {# needs you} other {# need you}}',
  'header.find': 'Find or do',
  'header.findKeys': 'Ctrl K',

  'settings.title': 'Settings',
  'settings.lang': 'Language',
  'settings.lang.en': 'English',
  'settings.lang.ru': 'Русский',
  'settings.theme': 'Theme',
  'settings.theme.system': 'As the system',
  'settings.theme.light': 'Light',
  'settings.theme.dark': 'Dark',
  'settings.singleKeys': 'Single-key shortcuts',
  'settings.signOut': 'Sign out',

  'signin.key': 'Admin key',
  'signin.where': 'It was printed when Windvane started for the first time, and begins with wv_admin_.',
  'signin.open': 'Open the console',
  'signin.refused': 'The server did not accept this key. Check that it is the admin key and not a write key.',

  'live.polling': 'Not live: the stream is down. Numbers are fetched every five seconds meanwhile.',
  'live.down': 'Not live: the server does not answer. What you see is as of {time}.',
  'live.retryIn':
    '{seconds, plural, =0 {Retrying now} one {Retrying in # second} other {Retrying in # seconds}}',

  'stop.button': 'STOP',
  'stop.title': 'Stop sending',
  'stop.effect':
    'New messages stop within a second and wait. What the mail server already has cannot be called back.',
  'stop.scope': 'What to stop',
  'stop.scope.all': 'Everything',
  'stop.scope.channel': 'One channel',
  'stop.scope.campaign': 'One campaign',
  'stop.reason': 'Reason (optional)',
  'stop.reason.default': 'Stopped from the console',
  'stop.confirm.all': 'STOP everything now',
  'stop.confirm.channel': 'STOP the channel {channel} now',
  'stop.confirm.campaign': 'STOP the campaign “{campaign}” now',
  'stop.sending': 'Stopping…',
  'stop.failed.title': 'STOP did not get through',
  'stop.failed.effect': 'The server did not answer, so messages may still be leaving.',
  'stop.failed.step':
    'Press again, or run “windvane stop” on the machine itself: it works without this page.',
  'stop.banner.label': 'What is stopped',
  'stop.banner': '{what} is stopped.',
  'stop.banner.by': 'By {by}, since {since}.',
  'stop.what.all': 'Everything',
  'stop.what.channel': 'The channel {channel}',
  'stop.what.campaign': 'The campaign “{campaign}”',
  'stop.waiting':
    '{waiting, plural, =0 {No message waits} one {# message waits} other {# messages wait}}, {late, plural, =0 {none of them too late} one {# of them too late to be sent} other {# of them too late to be sent}}.',
  'stop.resume': 'Resume…',
  'stop.origin.file': 'Stopped by a file on the machine: remove the file to resume.',
  'stop.origin.signal': 'Stopped by a signal to the process: resume on the machine.',

  'resume.title': 'Resume: {what}',
  'resume.waiting': 'Waiting now',
  'resume.late': 'Too late by the limits',
  'resume.leaves': 'Would leave at once',
  'resume.messages': '{count, plural, one {# message} other {# messages}}',
  'resume.effect':
    '{leaves, plural, =0 {Nothing leaves at once} one {# message leaves at once} other {# messages leave at once}}; {late, plural, =0 {none is dropped} one {# late one is dropped} other {# late ones are dropped}}. Caps and consent are checked again for each.',
  'resume.stay': 'Stay stopped',
  'resume.confirm':
    '{count, plural, =0 {Resume} one {Resume and send # message} other {Resume and send # messages}}',
  'resume.refused.title': 'Not resumed',
  'resume.refused.step': 'The numbers above are fresh now: look at them and decide again.',

  'channel.email': 'e-mail',
  'channel.push': 'push',
  'channel.sms': 'SMS',
  'channel.messenger': 'messenger',
  'channel.onsite': 'on site',
  'channel.webhook': 'webhook',

  'action.nothing': 'nothing',

  'brief.title': 'Brief: {business}',
  'away.title': 'While you were away, since {since}',
  'away.title.today': 'So far today',
  'away.idle':
    'It has decided nothing yet. {people, plural, one {# person is known} other {# people are known}}.',
  'away.did':
    'It took {decisions, plural, one {# decision} other {# decisions}} and sent {sent, plural, one {# message} other {# messages}}.',
  'away.did.today':
    'It took {decisions, plural, one {# decision} other {# decisions}}: {acted, plural, one {# to act} other {# to act}}, {nothing, plural, one {# to do nothing} other {# to do nothing}}, {withheld, plural, one {# held back} other {# held back}}.',
  'away.why':
    'In “{campaign}” it now chooses {action} most often ({share}), as that promises most for those people.',
  'away.why.nothing':
    'In “{campaign}” it now does nothing most often ({share}), as no message promises more than it costs.',
  'away.brought':
    'That time brought {conversions, plural, one {# conversion} other {# conversions}} and {unsubscribed, plural, =0 {no unsubscribes} one {# unsubscribe} other {# unsubscribes}}.',
  'away.brought.all':
    'In all, people opened {opened, plural, one {# message} other {# messages}}, clicked {clicked, plural, one {# time} other {# times}} and converted {conversions, plural, one {# time} other {# times}}.',
  'away.needs':
    '{count, plural, =0 {It needs nothing from you.} one {# thing needs you.} other {# things need you.}}',

  'working.title': 'Is it working?',
  'verdict.ahead': 'Yes, it earns more',
  'verdict.behind': 'No, it earns less',
  'verdict.not_known_yet': 'Not known yet',
  'verdict.sample_ratio_mismatch': 'Cannot be told',

  'lift.title': 'Lift against the holdout',
  'lift.of': 'Lift: {campaign}',
  'lift.difference': 'Per person',
  'lift.low': 'From',
  'lift.high': 'To',
  'lift.interval': 'Interval',
  'lift.intervalAt': '{confidence} interval',
  'lift.fromTo': '{low} to {high}',
  'lift.earned': 'Earned in all',
  'lift.people': 'People',
  'lift.people.value': '{treated} treated, {holdout} held out',
  'lift.truth': 'Planted truth',
  'lift.noHistory': 'Appears once the first results of both groups are in.',
  'lift.sentence.ahead':
    'People it may write to bring {difference} more each than those held out ({low} to {high}, {confidence} sure).',
  'lift.sentence.behind':
    'People it may write to bring {difference} less each than those held out ({low} to {high}, {confidence} sure).',
  'lift.sentence.unknown':
    'Whether it earns more than doing nothing is not known yet. The smallest effect visible by now is {smallest} per person.',
  'lift.sentence.unknownBare':
    'Whether it earns more than doing nothing is not known yet: there are too few results.',
  'lift.sentence.mismatch':
    'The two groups are not of the sizes they should be, so their difference says nothing until the cause is found.',
  'lift.sentence.withTruth': '{sentence} The truth planted in this demo is {truth}.',
  'lift.readout': '{time}: {difference} ({low} to {high})',

  'needs.title': 'What needs you',
  'needs.none': 'Nothing needs you.',
  'severity.risk': 'Risk:',
  'severity.notice': 'Notice:',
  'attention.open': 'Open {view}',
  'attention.unknown_sends':
    '{count, plural, one {# message may or may not have arrived} other {# messages may or may not have arrived}}',
  'attention.unknown_sends.do': 'They are not sent again by themselves: check with the mail server.',
  'attention.stopped': 'Sending is stopped',
  'attention.stopped.do': 'Resume in the banner above when the cause is gone.',
  'attention.sample_ratio': 'The holdout is not of the size it should be',
  'attention.sample_ratio.do': 'Do not trust the lift until the cause is found.',
  'attention.complaints': '{count, plural, one {# complaint} other {# complaints}} of unwanted mail',
  'attention.complaints.do': 'Look at the audience and the frequency caps.',
  'attention.invalid_events': '{count, plural, one {# event was refused} other {# events were refused}}',
  'attention.invalid_events.do': 'See which source sends them and why they are refused.',
  'attention.delivery_failing': '{count, plural, one {# delivery failed} other {# deliveries failed}}',
  'attention.delivery_failing.do': 'Check the channel’s settings and the receiver’s answer.',
  'attention.disk_full': 'The disk is full: new events are not accepted',
  'attention.disk_full.do': 'Make room; it goes on by itself.',
  'attention.no_campaigns': 'There is no campaign',
  'attention.no_campaigns.do': 'Describe one: an audience, what may be done, and the goal.',

  'counts.label': 'Live counts',
  'counts.people': 'People',
  'counts.events': 'Events a minute',
  'counts.decisions': 'Decisions today',
  'counts.sent': 'Sent today',
  'counts.conversions': 'Conversions',
  'counts.queued': 'Waiting',
  'counts.failed': 'Failed today',
  'counts.unknown': 'Uncertain',
  'counts.unsubscribed': 'Unsubscribed',
  'counts.total': '{total} in all',
  'counts.complained': '{count, plural, =0 {no complaint} one {# complaint} other {# complaints}}',

  'chart.asTable': 'Show as table',
  'chart.asChart': 'Show as chart',
  'hourly.title': 'Activity by hour',
  'hourly.summary':
    'In the last {hours, plural, one {hour} other {# hours}}: {decisions, plural, one {# decision} other {# decisions}}, {acted} acted on, {conversions, plural, one {# conversion} other {# conversions}}.',
  'hourly.events': 'Events',
  'hourly.decisions': 'Decisions',
  'hourly.acted': 'Acted on',
  'hourly.sent': 'Sent',
  'hourly.conversions': 'Conversions',
  'hourly.most': '{near, select, yes {{count}} other {up to {count}}}',
  'hourly.key': 'Decisions: dark acted on, light nothing or held back.',
  'hourly.readout':
    '{time}: {decisions, plural, one {# decision} other {# decisions}}, {acted} acted on, {conversions, plural, one {# conversion} other {# conversions}}',

  'mix.title': 'What each campaign chooses',
  'mix.caption': 'Actions of {campaign}',
  'mix.counts':
    '{decisions, plural, one {# decision} other {# decisions}}, {acted} acted on, {conversions, plural, one {# conversion} other {# conversions}}',
  'mix.none': 'No decision yet.',
  'mix.action': 'Action',
  'mix.share': 'Share of recent decisions',
  'mix.reward': 'Mean result',
  'status.live': 'live',
  'status.paused': 'paused',
  'status.shadow': 'shadow',

  'ticker.title': 'Decisions as they happen',
  'ticker.all': 'All decisions',

  'error.bug.title': 'This part of the page broke',
  'error.bug.effect': 'The rest works, and so does STOP.',
  'error.bug.step': 'Reload the page; if it happens again, report the code below.',
  'error.offline.title': 'The server does not answer',
  'error.offline.effect': 'This part cannot be shown, or is out of date.',
  'error.offline.step': 'Check the connection and that Windvane is running, then try again.',
  'error.missing.title': 'Not found',
  'error.missing.effect': 'There is nothing under this address.',
  'error.missing.step': 'It may have been erased, or the link is incomplete.',
  'error.server.title': 'The server could not answer this',
  'error.server.effect': 'This part cannot be shown. Sending is not affected.',
  'error.server.step': 'Try again; if it stays, look into the server’s log for the code below.',

  'missing.title': 'No such page',
  'missing.detail': 'The address leads nowhere: the link may be old or cut short.',
  'missing.home': 'Go to the brief',

  'keys.title': 'Keyboard shortcuts',
  'keys.palette': 'Find or do',
  'keys.find': 'Find a customer',
  'keys.stop': 'Stop sending',
  'keys.help': 'This list',
  'keys.close': 'Close a dialog',
  'palette.title': 'Find or do',
  'palette.placeholder': 'A view, a customer’s name, e-mail or phone, “stop”',
  'palette.view': 'View',
  'palette.command': 'Command',
  'palette.customer': 'Customer',
  'palette.none': 'Nothing found.',

  'decisions.empty.title': 'No decisions yet',
  'decisions.empty.detail': 'Each decision appears here as it is made, with its reason.',
  'campaigns.empty.title': 'No campaigns yet',
  'campaigns.empty.detail':
    'A campaign says whom, what may be done, and the goal. It is written in the plan.',
} as const

export type WordKey = keyof typeof en
