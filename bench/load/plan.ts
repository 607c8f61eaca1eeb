// The plan that benchmarks put in force: a placement with twelve actions, a segment, and triggers on
// events of the load, so that the fold has everything to do that it has in a shop.

const hero = (index: number): string => `  hero${index}:
    channel: onsite
    approved_by: bench
    en: { title: "Offer ${index} for {{ profile.traits.city | default: 'you' }}", image: "/img/${index}.jpg", link: "https://shop.example/${index}" }
`

const HEROES = Array.from({ length: 12 }, (_, index) => index)

export const BENCH_PLAN = `
business: { name: Bench, time_zone: Europe/Berlin, currency: EUR, locale: en }
holdout: { share: 0.05, salt: bench, horizon: 30d }
limits:
  caps: [{ channel: email, max: 3, per: 7d }]
  quiet_hours: none
sender: { name: Bench, email: hi@shop.example, footer: "Bench Street 1 <a href='{{ links.unsubscribe }}'>leave</a>" }
segments:
  - { id: buyers, name: Buyers, when: "profile.features.orders > 1" }
creatives:
${HEROES.map(hero).join('')}  win:
    channel: email
    approved_by: bench
    en: { subject: Come back, body: "<p>Come back</p>" }
campaigns:
  - id: hero
    goal: { event: Order Completed, value: revenue, window: 1d }
    trigger: { placement: home_hero }
    actions: [{ creatives: [${HEROES.map((index) => `hero${index}`).join(', ')}], channel: onsite }]
    policy: { kind: squarecb, floor: 0.05 }
  - id: cart
    goal: { event: Order Completed, value: revenue, window: 1d }
    trigger: { event: Product Added, where: "event.properties.price > 1000.0", delay: 1h, reentry: 7d }
    actions: [{ creative: win, channel: email }]
`
