import { type DemoMessage, messageIdOf } from './demo-message.ts';
import type { AccountName } from './people.ts';
import { drawBmp, drawPng } from './pictures.ts';

const everyone: readonly AccountName[] = ['serverKey', 'ownKey', 'noKey'];

/** Mail between people, as most of it is. */
export const ordinaryMail: readonly DemoMessage[] = [
  {
    id: 'lunch',
    sender: 'friend',
    recipients: everyone,
    write: ({ hoursAgo }) => ({
      subject: 'Lunch on Thursday?',
      date: hoursAgo(52),
      text: 'Hello!\n\nThe place by the river has opened again: https://friends.example/menu?day=thursday\nShall we meet there on Thursday at half past twelve?\n\nYour demo friend',
    }),
  },
  {
    id: 'planning-1',
    sender: 'colleague',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: 'Plan for the open day',
      date: hoursAgo(30),
      cc: ['planner@work.example'],
      text: 'Good morning,\n\nhere is a first plan for the open day:\n\n  09:00  doors open\n  10:00  guided walk\n  14:00  questions and cake\n\nWhat is missing?\n\nDemo Colleague',
    }),
  },
  {
    id: 'planning-2',
    sender: 'planner',
    recipients: ['serverKey'],
    write: ({ hoursAgo, recipient }) => ({
      subject: 'Re: Plan for the open day',
      date: hoursAgo(28),
      cc: ['colleague@work.example'],
      inReplyTo: `<${messageIdOf('planning-1', 'colleague', recipient)}>`,
      references: [`<${messageIdOf('planning-1', 'colleague', recipient)}>`],
      text: 'Signs at the station would help. I can make six of them.\n\nDemo Planner\n\nOn Monday Demo Colleague wrote:\n> here is a first plan for the open day:\n>\n>   09:00  doors open\n>   10:00  guided walk\n>   14:00  questions and cake\n>\n> What is missing?',
    }),
  },
  {
    id: 'planning-3',
    sender: 'colleague',
    recipients: ['serverKey'],
    write: ({ hoursAgo, recipient }) => ({
      subject: 'Re: Plan for the open day',
      date: hoursAgo(26),
      cc: ['planner@work.example'],
      inReplyTo: `<${messageIdOf('planning-2', 'planner', recipient)}>`,
      references: [
        `<${messageIdOf('planning-1', 'colleague', recipient)}>`,
        `<${messageIdOf('planning-2', 'planner', recipient)}>`,
      ],
      text: 'Six signs are just right, thank you. I have added them.\n\n> Signs at the station would help. I can make six of them.\n>\n> Demo Planner',
    }),
  },
  {
    id: 'french',
    sender: 'ami',
    recipients: everyone,
    write: ({ hoursAgo }) => ({
      subject: 'Des nouvelles de l’été à Besançon',
      date: hoursAgo(24),
      text: 'Bonjour,\n\nle marché a rouvert, les pêches sont déjà mûres et le forgeron a repris son œuvre. Où en est ta maison ?\n\nÀ bientôt,\nton ami de démonstration',
    }),
  },
  {
    id: 'invitation',
    sender: 'planner',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: 'Invitation: rehearsal of the open day',
      date: hoursAgo(20),
      text: 'We go through the open day once from beginning to end.',
      icalEvent: { method: 'REQUEST', filename: 'invitation.ics', content: rehearsal(hoursAgo(-48)) },
    }),
  },
  {
    id: 'inline-picture',
    sender: 'friend',
    recipients: ['serverKey', 'noKey'],
    write: ({ hoursAgo }) => ({
      subject: 'The view from the hut',
      date: hoursAgo(18),
      text: 'We are up here since noon. The picture is in the formatted part of this message.',
      html: '<p>We are up here since noon. <em>This</em> is the view:</p><p><img src="cid:view@friends.example" alt="Hills in the evening" width="480" height="270"></p><p>Until Sunday!</p>',
      attachments: [{ filename: 'view.png', content: drawPng(480, 270), cid: 'view@friends.example' }],
    }),
  },
  {
    id: 'big-attachment',
    sender: 'colleague',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: 'Poster for the printer',
      date: hoursAgo(16),
      text: 'The poster in full size, 5 MB. Please have a look before it is printed.',
      attachments: [{ filename: 'poster.bmp', content: drawBmp(1500, 1150), contentType: 'image/bmp' }],
    }),
  },
  {
    id: 'emoji',
    sender: 'gardener',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: '🌻🎉 The sunflowers are out! 🐝',
      date: hoursAgo(12),
      text: '👩🏽‍🌾 Come and see them before the birds do 🐦\n\nצהריים טובים · مرحبا · नमस्ते · 你好',
    }),
  },
  {
    id: 'long-subject',
    sender: 'cook',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: `About the soup: ${'first the onions, then the carrots, then the potatoes, and never the other way round; '.repeat(7)}that is all`,
      date: hoursAgo(11),
      text: 'The subject says it all.',
    }),
  },
  {
    id: 'empty',
    sender: 'planner',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({ date: hoursAgo(10), text: '' }),
  },
];

/** Mail that goes to many: lists, newsletters, receipts. */
export const bulkMail: readonly DemoMessage[] = [
  ...(
    [
      [
        'list-1',
        'gardener',
        'When do you sow beans?',
        'The ground here is still cold. When do you sow your beans?',
        40,
      ],
      [
        'list-2',
        'cook',
        'Re: When do you sow beans?',
        'After the middle of May, and then they catch up.\n\n> When do you sow your beans?',
        38,
      ],
      [
        'list-3',
        'friend',
        'Re: When do you sow beans?',
        'Indoors in April, outdoors in June.\n\n> When do you sow your beans?',
        37,
      ],
    ] as const
  ).map(
    ([id, sender, subject, text, hours]): DemoMessage => ({
      id,
      sender,
      recipients: ['serverKey', 'noKey'],
      reversePath: 'garden-bounces@lists.example',
      write: ({ hoursAgo }) => ({
        subject: `[garden] ${subject}`,
        date: hoursAgo(hours),
        sender: 'garden-bounces@lists.example',
        headers: {
          'List-Id': 'Demo Garden List <garden.lists.example>',
          'List-Post': '<mailto:garden@lists.example>',
          'List-Unsubscribe': '<mailto:garden-leave@lists.example>',
          Precedence: 'list',
        },
        text: `${text}\n\n-- \nDemo Garden List: https://lists.example/garden`,
      }),
    }),
  ),
  newsletter(
    'newsletter-1',
    'Ten teapots you will love',
    34,
    'Ten teapots',
    'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  ),
  newsletter(
    'newsletter-2',
    'Only until Sunday: free delivery',
    8,
    'Free delivery',
    '0f9e8d7c6b5a49382716f5e4d3c2b1a0',
  ),
  {
    id: 'receipt',
    sender: 'orders',
    recipients: ['serverKey', 'ownKey'],
    write: ({ hoursAgo }) => ({
      subject: 'Your order 1042 is on its way',
      date: hoursAgo(9),
      text: 'Thank you for your order.\n\n  1 teapot, blue    24.00\n  delivery           0.00\n\nIt arrives within three days.\nDemo Shop',
      html: '<h2 style="font-weight:600">Thank you for your order</h2><table cellpadding="6" style="border-collapse:collapse"><tr><td>1 teapot, blue</td><td align="right">24.00</td></tr><tr><td>delivery</td><td align="right">0.00</td></tr></table><p>It arrives within three days.</p>',
    }),
  },
];

function newsletter(id: string, subject: string, hours: number, title: string, token: string): DemoMessage {
  return {
    id,
    sender: 'shop',
    recipients: ['serverKey', 'noKey'],
    reversePath: 'bounces@shop.example',
    write: ({ hoursAgo }) => ({
      subject,
      date: hoursAgo(hours),
      headers: {
        'List-Unsubscribe': `<https://shop.example/leave/${token}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      text: `${title}\n\nSee them all: https://shop.example/t/${token}`,
      html: newsletterPage(title, token),
    }),
  };
}

function newsletterPage(title: string, token: string): string {
  const item = (place: number) =>
    `<td width="50%" style="padding:12px;border:1px solid #e4dccd"><img src="https://pictures.shop.example/${place}.jpg?u=${token}" width="200" height="150" alt="Teapot ${place}"><br><strong>Teapot ${place}</strong><br>24.00</td>`;
  return `<html><head><style>@import url("https://fonts.shop.example/brand.css"); .head { background: #6b3f2a url(https://pictures.shop.example/head.png); color: #fff }</style></head>
<body style="background:#f6f1e7;font-family:Georgia,serif"><table width="560" align="center" cellspacing="0" style="background:#fff"><tr><td class="head" colspan="2" style="padding:24px"><h1 style="margin:0">${title}</h1></td></tr>
<tr>${item(1)}${item(2)}</tr><tr>${item(3)}${item(4)}</tr>
<tr><td colspan="2" align="center" style="padding:24px"><a href="https://click.shop.example/r/${token}" style="background:#6b3f2a;color:#fff;padding:12px 24px;text-decoration:none">See them all</a></td></tr></table>
<img src="https://track.shop.example/open.gif?id=${token}" width="1" height="1" alt=""></body></html>`;
}

function rehearsal(start: Date): string {
  const stamp = (date: Date) => date.toISOString().replace(/[-:]|\.\d+/g, '');
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Caliopen//Demo//EN',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:rehearsal@work.example',
    `DTSTAMP:${stamp(start)}`,
    `DTSTART:${stamp(start)}`,
    `DTEND:${stamp(new Date(start.getTime() + 3_600_000))}`,
    'SUMMARY:Rehearsal of the open day',
    'LOCATION:The big hall',
    'ORGANIZER;CN=Demo Planner:mailto:planner@work.example',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}
