// Answers in the shapes of the real services, written by hand.

export const RSS = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>News</title><link>https://news.example/</link>
<item><title>Сбер &amp; карты</title><link>https://news.example/1</link><guid isPermaLink="false">n-1</guid>
<dc:creator>Иван</dc:creator><pubDate>Mon, 01 Jun 2026 09:00:00 +0300</pubDate>
<description><![CDATA[<p>Карты <b>не работают</b></p>]]></description></item>
<item><title>Second</title><link>https://news.example/2</link><description>Plain</description></item>
<item><title></title><description></description></item>
</channel></rss>`

export const ATOM = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:feed</id>
<entry><id>urn:1</id><title>One</title><updated>2026-06-01T06:00:00Z</updated>
<author><name>Anna</name><uri>https://a.example</uri></author>
<link rel="edit" href="https://a.example/edit"/><link href="https://a.example/1"/>
<content type="html">&lt;b&gt;Kettle&lt;/b&gt; burnt</content></entry></feed>`

export const TELEGRAM = `<html><body><div class="tgme_channel_info"><div class="tgme_channel_info_header_title">Shop</div></div>
<section class="tgme_channel_history js-message_history">
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="shopnews/12" data-view="x">
<div class="tgme_widget_message_user"><a href="https://t.me/shopnews"><i class="tgme_widget_message_user_photo"><img src="p.jpg"></i></a></div>
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name" href="https://t.me/shopnews"><span dir="auto">Shop News</span></a></div>
<div class="tgme_widget_message_text js-message_text" dir="auto">Чайник <b>сгорел</b><br/>&lt;script&gt; нет</div>
<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span><a class="tgme_widget_message_date" href="https://t.me/shopnews/12"><time datetime="2026-06-01T06:30:00+00:00" class="time">06:30</time></a></div></div></div></div>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message js-widget_message" data-post="shopnews/13"><div class="tgme_widget_message_bubble">
<a class="tgme_widget_message_photo_wrap" href="#"></a><time datetime="2026-06-01T07:00:00+00:00">07:00</time></div></div></div>
</section></body></html>`

export const VK = {
  response: {
    items: [
      { id: 7, date: 1_780_293_600, owner_id: -5, from_id: 42, text: 'Сбер опять лежит', post_type: 'reply' },
      { id: 8, date: 1_780_293_700, owner_id: -5, from_id: -5, text: 'Распродажа', post_type: 'post' },
    ],
    profiles: [{ id: 42, first_name: 'Пётр', last_name: 'Иванов' }],
    groups: [{ id: 5, name: 'Магазин' }],
    total_count: 2,
  },
}

export const REDDIT = {
  kind: 'Listing',
  data: {
    after: null,
    children: [
      {
        kind: 't3',
        data: {
          name: 't3_abc',
          author: 'kettle_fan',
          created_utc: 1_780_293_600,
          title: 'My kettle melted',
          selftext: 'It caught fire',
          permalink: '/r/kettles/comments/abc/',
        },
      },
    ],
  },
}
