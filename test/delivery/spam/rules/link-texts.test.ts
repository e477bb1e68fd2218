import { linkTextRules } from '../../../../delivery/spam/rules/link-texts.ts';
import { html, linked, testRules } from './checks.ts';

const many = (host: string, count: number) =>
  Array.from({ length: count }, (_, at) => `<a href="https://${host}/c/${at}">article ${at}</a>`).join(' ');

testRules(linkTextRules, {
  linkShowsOtherHost: {
    holds: [
      linked('http://other.example/x', 'www.bank.fr'),
      linked('https://evil.example/login', 'https://www.bank.fr/login'),
      linked('https://bank.fr.evil.example/', 'bank.fr'),
    ],
    not: [
      linked('https://accounts.bank.fr/x', 'www.bank.fr'),
      linked('https://u123.ct.sendgrid.net/ls/click?x=1', 'www.shop.fr'),
      html(`<a href="https://click.list.example/c/9">www.shop.fr</a> ${many('click.list.example', 5)}`),
      linked('https://www.sender.example/r?x', 'www.partner.fr'),
      linked('https://count.other.example/r?to=https%3A%2F%2Fwww.bank.fr%2Fx', 'www.bank.fr'),
      linked('https://files.other.example/a', 'report.pdf'),
      linked('https://other.example/', 'node.js'),
    ],
  },
  linkShowsBrand: {
    holds: [
      linked('https://evil.example/x', 'Log in to PayPal'),
      linked('https://evil.example/x', 'Mon espace Crédit Agricole'),
    ],
    not: [
      linked('https://www.paypal.com/', 'Log in to PayPal'),
      html(
        `<a href="https://click.news.example/c/9">Follow us on Facebook</a> ${many('click.news.example', 5)}`,
      ),
      linked('https://www.sender.example/facebook', 'Facebook'),
    ],
  },
  onlyShortened: {
    holds: [linked('https://bit.ly/3x', 'here')],
    not: [
      html('<a href="https://bit.ly/3x">vote</a> <a href="https://www.sender.example/">us</a>'),
      html('no link'),
    ],
  },
  leavingLeadsSame: {
    holds: [
      html(
        '<a href="https://a.example/go?x=1">Claim now</a> <a href="https://a.example/go?x=1">Unsubscribe</a>',
      ),
      html(
        '<a href="https://a.example/go?x=1">Jetzt sichern</a> <a href="https://a.example/go?x=1">Abmelden</a>',
      ),
      html(
        '<a href="https://a.example/go?x=1">J’en profite</a> <a href="https://a.example/go?x=1">Se désabonner</a>',
      ),
    ],
    not: [
      html('<a href="https://a.example/news">Read</a> <a href="https://a.example/leave?u=1">Unsubscribe</a>'),
      html(
        '<a href="https://a.example/">Home</a> <a href="https://a.example/">Unsubscribe</a>'.replaceAll(
          'https://a.example/"',
          'https://a.example"',
        ),
      ),
    ],
  },
  deadLinks: {
    holds: [html('<a href="https://a.example/x">Verify</a> <a href="#">Privacy</a> <a href="#">Help</a>')],
    not: [
      html('<a href="https://a.example/x">Verify</a> <a href="#top">Up</a>'),
      html('<a href="#">one</a> <a href="#">two</a>'),
    ],
  },
  templateLeft: {
    holds: [
      linked('{{UNSUBSCRIBE_LINK}}', 'leave'),
      linked('https://a.example/?e=%%email%%', 'open'),
      linked('https://a.example/[[link]]', 'open'),
    ],
    not: [linked('https://a.example/?x=%25%7B'), linked('https://a.example/wiki/[a]')],
  },
});
