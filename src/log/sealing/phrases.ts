// What signals have in common before anybody sent one: names of the fields that Segment's specification knows, in the order in
// which clients write them, and values that they fill in by themselves. Texts are shortened against it, so it never changes: what
// was written with it is read with it. Another one gets another number (see layout.ts).

const CLIENTS = [
  '{"library":{"name":"analytics-python","version":"2.2.3"},"library":{"name":"analytics-android","version":"4.11.3"},',
  '"library":{"name":"analytics-ios","version":"4.1.8"},"library":{"name":"analytics.js","version":"next-1.70.0"},',
]
const BROWSERS = [
  '"userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",',
  '"userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",',
  '"userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",',
  '"userAgent":"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36",',
  '"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",',
  '"userAgentData":{"brands":[{"brand":"Chromium","version":"128"},{"brand":"Google Chrome","version":"128"},{"brand":"Not;A=Brand","version":"24"}],"mobile":false,"platform":"Windows"},',
]
const CONTEXTS = [
  '"active":true,"app":{"name":"","version":"","build":"","namespace":"com."},"bluetooth":false,"carrier":"","cellular":true,"wifi":true,',
  '"device":{"id":"","advertisingId":"","adTrackingEnabled":true,"manufacturer":"Apple","manufacturer":"samsung","model":"iPhone","name":"","type":"ios","type":"android","token":""},',
  '"network":{"bluetooth":false,"carrier":"","cellular":true,"wifi":false},"os":{"name":"iOS","version":""},"os":{"name":"Android","version":""},',
  '"location":{"city":"","country":"","latitude":,"longitude":,"region":"","speed":0},"screen":{"width":1920,"height":1080,"density":2,"innerWidth":,"innerHeight":},',
  '"referrer":{"id":"","type":"","name":"","url":"https://www.","link":""},"campaign":{"name":"","source":"google","medium":"cpc","medium":"email","term":"","content":""},',
  '"consent":{"categoryPreferences":{"Advertising":true,"Analytics":true,"Functional":true,"email":true,"marketing":false}},',
  '"page":{"path":"/","referrer":"https://www.google.com/","search":"?utm_source=&utm_medium=&utm_campaign=&utm_content=&utm_term=&gclid=&yclid=","title":"","url":"https://www."},',
  '"ip":"","locale":"ru-RU","timezone":"Europe/Moscow","locale":"de-DE","timezone":"Europe/Berlin","locale":"en-US","timezone":"America/New_York","locale":"en-GB","timezone":"Europe/London"},',
]
const TRAITS = [
  '"traits":{"email":"@gmail.com","email":"@mail.ru","email":"@yandex.ru","phone":"+7","firstName":"","lastName":"","name":"","username":"","gender":"female","gender":"male","age":,"birthday":"","city":"","company":{"id":"","name":"","industry":"","employee_count":,"plan":""},"createdAt":"","description":"","title":"","avatar":"","website":"https://","address":{"street":"","city":"","state":"","postalCode":"","country":""}},',
]
const PAGES = [
  '"type":"page","name":"Home","category":"","properties":{"path":"/","referrer":"","search":"","title":"","url":"https://www.","keywords":[]},',
  '"type":"screen","type":"group","groupId":"","type":"alias","previousId":"","type":"identify",',
]
const EVENTS = [
  '"event":"Products Searched","properties":{"query":""},"event":"Product List Viewed","properties":{"list_id":"","category":"","products":[',
  '"event":"Product List Filtered","event":"Promotion Viewed","event":"Promotion Clicked","properties":{"promotion_id":"","creative":"","name":"","position":""},',
  '"event":"Cart Viewed","properties":{"cart_id":"","products":[{"product_id":"","event":"Checkout Started","event":"Checkout Step Viewed","event":"Checkout Step Completed","properties":{"checkout_id":"","step":1,"shipping_method":"","payment_method":""},',
  '"event":"Payment Info Entered","event":"Order Updated","event":"Order Refunded","event":"Order Cancelled","event":"Coupon Entered","event":"Coupon Applied","event":"Coupon Denied","properties":{"coupon_id":"","coupon_name":"","discount":,"reason":""},',
  '"event":"Product Added to Wishlist","event":"Product Removed from Wishlist","event":"Product Shared","event":"Product Reviewed","properties":{"review_id":"","review_body":"","rating":"",',
  '"event":"Signed Up","event":"Signed In","event":"Signed Out","event":"Application Installed","event":"Application Opened","properties":{"from_background":false,"referring_application":"","url":""},"event":"Application Backgrounded","event":"Email Opened","event":"Email Link Clicked",',
  '"event":"Order Completed","properties":{"checkout_id":"","order_id":"","affiliation":"","subtotal":,"total":,"revenue":,"shipping":,"tax":,"discount":,"coupon":"","currency":"USD","currency":"EUR","currency":"RUB","products":[{"product_id":"","sku":"","category":"","name":"","brand":"","variant":"","price":,"quantity":1,"coupon":"","position":1,"url":"https://www.","image_url":"https://www."},',
  '"event":"Product Clicked","properties":{"product_id":"","event":"Product Removed","properties":{"cart_id":"","product_id":"","event":"Product Added","properties":{"product_id":"","sku":"","category":"","name":"","brand":"","variant":"","price":,"quantity":1,"currency":"RUB","value":,"event":"Product Viewed","properties":{"product_id":"","sku":"","category":"","name":"","brand":"","variant":"","price":,"quantity":1,"currency":"EUR"},',
]
const AROUND = [
  '{"anonymousId":"","channel":"server","channel":"browser","version":1,"receivedAt":"","originalTimestamp":"","sentAt":"","integrations":{"All":true},"writeKey":"","messageId":"ajs-next-',
  '{"messageId":"node-next-","timestamp":".000Z","type":"track","userId":"","anonymousId":"","context":{"library":{"name":"@segment/analytics-node","version":"2.1.3"},"locale":"en-US"},"integrations":{},"_metadata":{"nodeVersion":"20.","jsRuntime":"node"}}',
  '{"type":"track","messageId":"node-next-","userId":"","context":{"locale":"ru-RU"}}{"batch":[],"sentAt":"2026-01-01T00:00:00.000Z"}',
]

/** Less than 64 KiB: all of it is within reach of a short text. */
export const PHRASES: Buffer = Buffer.from(
  [...CLIENTS, ...BROWSERS, ...CONTEXTS, ...TRAITS, ...PAGES, ...EVENTS, ...AROUND].join(''),
)
