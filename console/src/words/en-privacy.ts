// English words of how long personal data is kept.

export const enPrivacy = {
  'nav.privacy': 'Personal data',
  'privacy.lead': 'What is kept of people, for how long, and what has gone. Never whose it was.',

  'retention.title': 'How long it is kept',
  'retention.set': 'The plan says it, under privacy',
  'retention.class': 'What',
  'retention.period': 'Kept for',
  'retention.stored': 'Stored',
  'retention.over': 'Over',
  'retention.next': 'Over next',
  'retention.months': '{months, plural, one {# month} other {# months}}',
  'retention.years': '{years, plural, one {# year} other {# years}}',
  'retention.kept': 'as long as the person',
  'retention.keptAll': 'without end',
  'retention.keptPerson': 'until they ask',
  'retention.overBefore': '{count}, from before {date}',
  'retention.overPeople': '{count}, not heard of since {date}',
  'retention.nextMonth': '{date}: {count}, from {month}',
  'retention.nextPeople':
    '{count, plural, one {# person within 30 days, if nothing comes} other {# people within 30 days, if nothing comes}}',
  'retention.bound':
    '{count, plural, one {# record of what is over came before there were keys by month: it goes with its person only.} other {# records of what is over came before there were keys by month: they go with their person only.}}',
  'retention.stays':
    '{count, plural, one {# mention of what is over was recorded before there were keys by month: it stays.} other {# mentions of what is over were recorded before there were keys by month: they stay.}}',

  'retentionClass.behaviour': 'What people did',
  'retentionClass.behaviour.is': 'Pages, screens, events, what they wrote, addresses of devices',
  'retentionClass.orders': 'Orders',
  'retentionClass.orders.is': 'Orders and refunds',
  'retentionClass.mentions': 'Mentions',
  'retentionClass.mentions.is': 'What the public says of the business: words, authors, addresses of posts',
  'retentionClass.contact': 'People',
  'retentionClass.contact.is': 'Who sends nothing and answers nothing for so long is erased',

  'retentionKept.title': 'Without a period of its own',
  'retentionKept.consents': 'Consents',
  'retentionKept.consents.is': 'As long as the person: they prove what was agreed to.',
  'retentionKept.results': 'Decisions, messages, results',
  'retentionKept.results.is':
    'By number, without name or address, so that nobody gets anything twice. Once the person is gone they are of nobody.',
  'retentionKept.suppressions': 'Addresses that are never written to',
  'retentionKept.suppressions.is': 'Kept as a keyed hash, so that a no is not forgotten.',

  'retentionRun.title': 'When it goes',
  'retentionRun.never': 'Nothing goes by itself: the plan names no period, so everything is kept.',
  'retentionRun.next': 'Next run: {at}',
  'retentionRun.due': 'Next run: within minutes',
  'retentionRun.next.note':
    'Once a day, for the first time a day after the periods were changed: so long it can be taken back.',
  'retentionRun.last': 'Last run: {at}, by {by}',
  'retentionRun.last.none': 'It has not run yet.',
  'retentionRun.byItself': 'Windvane itself',
  'retentionRun.byRestart': 'Windvane, after a restart',
  'retentionRun.gone.behaviour':
    '{count, plural, one {# record of what people did} other {# records of what people did}}, from before {date}',
  'retentionRun.gone.orders':
    '{count, plural, one {# order or refund} other {# orders and refunds}}, from before {date}',
  'retentionRun.gone.mentions': '{count, plural, one {# mention} other {# mentions}}, from before {date}',
  'retentionRun.gone.people':
    '{count, plural, one {# person not heard of for long} other {# people not heard of for long}}',
  'retentionRun.gone.nothing': 'Nothing readable was left.',
  'retentionRun.running': 'It is running: keys are destroyed, then figures are made anew from what is left.',
  'retentionRun.ask': 'Run it now…',
  'retentionRun.none': 'Nothing is over now.',
  'retentionRun.noRole': 'Engineers and owners may run it before that.',
  'retentionRun.confirm.title': 'Let go what is over, now?',
  'retentionRun.confirm.what': 'This goes:',
  'retentionRun.confirm.people':
    '{count, plural, one {# person, unless they answered a message since} other {# people, but for those who answered a message since}}',
  'retentionRun.confirm.effect':
    'The keys are destroyed: nobody can read it any more, in backups made from now on neither, and nothing brings it back. Figures of those months become smaller or go. The record tells how much went and who did it.',
  'retentionRun.confirm.seen': 'I have seen what goes, and that it cannot come back',
  'retentionRun.confirm.go': 'Let it go',
  'retentionRun.confirm.stay': 'Keep it',
  'retentionRun.done': 'Gone for good:',
  'retentionRun.done.nothing': 'Nothing was over any more: nothing has gone.',
  'failure.retention.in_memory': 'This installation keeps its log in memory: it has no keys to destroy.',
} as const
