import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkTargetRules } from '../../../../delivery/spam/rules/link-targets.ts';
import { messageOf } from '../messages.ts';
import { pngOf } from '../pictures/made-pictures.ts';
import { found, html, linked, testRules, withFiles } from './checks.ts';

const plain = linked('https://www.sender.example/minutes/2025-03.html');
const code = (text: string) => withFiles([['code.png', pngOf(text), 'image/png']]);

testRules(linkTargetRules, {
  numericLink: {
    holds: [
      'http://192.0.2.4/x',
      'http://3221225988/',
      'http://0xc0000204/',
      'http://012152606204/a',
      'http://[2001:db8::1]/',
    ].map(href => linked(href)),
    not: [
      plain,
      linked('https://4.sender.example/'),
      linked('mailto:1@sender.example'),
      linked('tel:0102030405'),
    ],
  },
  linkWithUser: {
    holds: [
      linked('http://bank.example@other.example/x'),
      linked('https://www.bank.example:80@other.example'),
    ],
    not: [plain, linked('mailto:anna@sender.example'), linked('https://forum.example/@anna')],
  },
  mixedScriptLink: {
    holds: [linked('http://b\u0430nk.example/'), linked('http://xn--bnk-6cd.example/')],
    not: [plain, linked('https://xn--bcher-kva.example/'), linked('https://пример.example/')],
  },
  punycodeLink: {
    holds: [linked('https://xn--bcher-kva.example/'), linked('https://bücher.example/')],
    not: [plain],
  },
  lookAlikeLink: {
    holds: [
      linked('https://www.paypa1.com/login'),
      linked('https://rnicrosoft.com/'),
      linked('https://netfilx.com/'),
      linked('https://xn--pypal-4ve.com/'),
      linked('https://coinbasse.com/'),
    ],
    not: [
      plain,
      linked('https://www.paypal.com/'),
      linked('https://www.amazon.fr/'),
      linked('https://orange.fr/'),
      linked('https://grange.example/'),
      linked('https://amazone.example/'),
    ],
  },
  brandInLink: {
    holds: [
      linked('https://paypal-security.example/'),
      linked('https://www.netflix.com.account.example/'),
      linked('https://dhlparcel-colissimo.example/x'),
      linked('https://credit-agricole.espace.example/'),
    ],
    not: [
      plain,
      linked('https://www.paypal.com/fr/home'),
      linked('https://signin.ebay.co.uk/'),
      linked('https://microsoft.com/'),
    ],
  },
  hostShowsDomain: {
    holds: [linked('https://www.bank.com.secure.example/'), linked('https://login.bank.com-verify.example/')],
    not: [
      plain,
      linked('https://fr.sender.example/'),
      linked('https://www.co.sender.example/'),
      linked('https://mail.sender.co.uk/'),
    ],
  },
  machineLink: {
    holds: [
      linked('http://224.182.205.92.host.secureserver.net/a'),
      linked('http://ec2-192-0-2-7.eu-west-1.compute.amazonaws.com/'),
      linked('http://vps12345.provider.example/'),
    ],
    not: [plain, linked('https://docs-4.sender.example/'), linked('https://server.sender.example/')],
  },
  hackedSiteLink: {
    holds: [
      linked('https://bakery.example/wp-includes/js/secure/'),
      linked('https://bakery.example/wp-content/plugins/x/login.php?id=1'),
      linked('https://bakery.example/.well-known/acme/index.html'),
    ],
    not: [
      plain,
      linked('https://bakery.example/wp-content/uploads/2025/03/menu.pdf'),
      linked('https://bakery.example/wp-content/themes/shop/style.css'),
      linked('https://bakery.example/wp-content/plugins/newsletter/logo.png'),
    ],
  },
  sharedHostingLink: {
    holds: [
      linked('https://secure-login.pages.dev/'),
      linked('https://x1.web.app/'),
      linked('https://sites.google.com/view/x'),
      linked('https://files.s3.eu-west-1.amazonaws.com/a.html'),
      linked('https://docs.google.com/forms/d/e/1/viewform'),
    ],
    not: [
      plain,
      linked('https://sender.co.uk/'),
      linked('https://shop.myshopify.com/a'),
      linked('https://project.github.io/'),
    ],
  },
  shortenedLink: { holds: [linked('https://bit.ly/3x'), linked('https://tinyurl.com/abc')], not: [plain] },
  redirectedLink: {
    holds: [
      linked('https://www.google.com/url?q=https://other.example/x'),
      linked('https://www.google.co.uk/amp/other.example/path'),
      linked('https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9vdGhlci5leGFtcGxlLw'),
      linked('https://l.facebook.com/l.php?u=https%3A%2F%2Fother.example'),
    ],
    not: [
      plain,
      linked('https://www.google.com/maps/place/Paris'),
      linked('https://www.google.com/url?q=https://docs.google.com/x', 'Open', {
        From: 'Docs <drive@google.com>',
      }),
      linked('https://click.sender.example/?url=https%3A%2F%2Fwww.sender.example%2Fnews'),
    ],
  },
  unusualTopDomain: {
    holds: [linked('https://offer.click/'), linked('https://bank.example.tk/'), linked('https://a.sa.com/')],
    not: [
      plain,
      linked('https://www.sender.fr/'),
      linked('https://sender.tech/'),
      linked('https://sender.info/'),
    ],
  },
  longRandomLink: {
    holds: [linked('https://8y0idxh7pjz3k.sender.example/'), linked('https://xkcdqwrtpzlm.example/')],
    not: [
      plain,
      linked('https://international.sender.example/'),
      linked('https://newsletter2025.sender.example/'),
    ],
  },
  portLink: {
    holds: [linked('http://sender.example:4711/login')],
    not: [plain, linked('https://sender.example:8443/'), linked('https://sender.example:443/')],
  },
  programLink: {
    holds: [
      linked('https://sender.example/setup.exe'),
      linked('http://sender.example/invoice.scr?x=1'),
      linked('https://sender.example/update.apk'),
    ],
    not: [
      plain,
      linked('https://sender.example/report.pdf'),
      linked('https://sender.com'),
      linked('https://sender.example/?to=www.a.com'),
    ],
  },
  strangeScheme: {
    holds: [
      linked('search-ms:query=x'),
      linked('file://host.example/share/a'),
      linked('ms-appinstaller:?source=https://x.example'),
    ],
    not: [
      plain,
      linked('mailto:a@sender.example'),
      linked('tel:+33102030405'),
      linked('cid:logo'),
      linked('webcal://sender.example/a.ics'),
    ],
  },
  dataLink: {
    holds: [linked('data:text/html,hello'), linked('javascript:alert(1)'), linked('vbscript:x')],
    not: [plain, linked('javascript:void(0)'), linked('data:image/png;base64,AAAA')],
  },
  recipientInLink: {
    holds: [
      linked('https://other.example/#bob@caliopen.example'),
      linked('https://other.example/login/bob@caliopen.example'),
      linked('https://other.example/x.php?email=bob@caliopen.example'),
      linked(`https://other.example/?u=${Buffer.from('bob@caliopen.example').toString('base64')}`),
    ],
    not: [
      plain,
      linked('https://other.example/unsubscribe?email=bob@caliopen.example'),
      linked('https://lists.sender.example/options/bob@caliopen.example'),
      linked('https://other.example/x?email=bob@caliopen.example&l=3&m=4'),
      linked('https://forum.example/@anna'),
    ],
  },
  pictureLink: {
    holds: [code('https://login.other.example/x')],
    not: [plain, code('https://www.sender.example/ticket'), code('TICKET 4711'), code('BEGIN:VCARD')],
  },
});

test('a link that a protecting relay rewrote is judged by what it was', () => {
  const wrapped = linked(
    'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fpaypal-security.example%2Fx&data=1',
  );
  assert.ok(found(wrapped).has('brandInLink'));
  assert.ok(!found(wrapped).has('redirectedLink'));
});

test('a target inside another target is looked at as well', () => {
  assert.equal(
    found(linked('https://click.other.example/?go=http%253A%252F%252F192.0.2.4%252Fa')).get('numericLink'),
    '192.0.2.4',
  );
});

test('a name with letters of other scripts is shown as letters and as code', () => {
  assert.equal(
    found(messageOf('go to http://b\u0430nk.example/ now')).get('mixedScriptLink'),
    'b\u0430nk.example (xn--bnk-6cd.example)',
  );
  assert.equal(found(html('no link')).has('mixedScriptLink'), false);
});
