import { structureRules } from '../../../../delivery/spam/rules/structure.ts';
import { messageOf } from '../messages.ts';
import { html, testRules } from './checks.ts';

const salad = 'garden bridge library kernel weather novel minutes report train '.repeat(12);
const preview = `<div style="display:none">This week: three walks, two books ${'&zwnj;&nbsp;'.repeat(150)}</div>`;

testRules(structureRules, {
  formInMessage: {
    holds: [html('<form action="http://x.example"><input name=a></form>')],
    not: [html('<p>form</p>')],
  },
  scriptInMessage: {
    holds: [html('<script>1</script>'), html('<p onclick="x()">a</p>')],
    not: [html('<p>script</p>')],
  },
  hiddenText: {
    holds: [
      html(`<p>seen</p><div style="display:none">${salad}</div>`),
      html(`<p>seen</p><font style="font-size:0px">${salad}</font>`),
      html(`<p>seen</p><div style="position:absolute;left:-9999px">${salad}</div>`),
      html(`<p>seen</p><span style="color:#ffffff">${salad}</span>`),
      html(`<body bgcolor="#111111"><p>seen</p><font color="#111">${salad}</font>`),
    ],
    not: [
      html(`${preview}<p>This week: three walks and two books.</p>`),
      html(`<div>${salad}</div><div style="display:none">${salad}</div>`),
      html(`<table bgcolor="#003366"><tr><td style="color:#ffffff">${salad}</td></tr></table>`),
      html(`<div style="background:#222"><p style="color:white">${salad}</p></div>`),
    ],
  },
  pushedAway: {
    holds: [
      html('<p>Win</p><div style="margin-top:470500px">salad</div>'),
      html('<style>.a{height:10000vh}</style><p>Win</p>'),
      html(`<p>Win</p>${'<br>\r\n'.repeat(80)}salad`),
    ],
    not: [
      html('<p style="margin-top:40px">a</p>'),
      html('<div style="max-width:1200px;height:100vh">a</div>'),
      html(`<p>a</p>${'<br>line '.repeat(80)}`),
    ],
  },
  splitWords: {
    holds: [messageOf('Your pay\u200bment was de\u200bclined, ver\u2060ify it')],
    not: [
      messageOf('Donau\u00addampf\u00adschiff\u00adfahrt'),
      messageOf('می\u200cخواهم می\u200cروم نمی\u200cدانم'),
      messageOf('👩‍🚀👩‍🚀👩‍🚀 family'),
      html(preview),
    ],
  },
  decoratedText: {
    holds: [messageOf('𝗣𝗮𝘆𝗺𝗲𝗻𝘁 due'), messageOf('Ⓟⓐⓨ now')],
    not: [messageOf('∀x ∈ ℝ: 𝑥 > 0'), messageOf('Paiement dû')],
  },
  mixedScriptText: {
    holds: [messageOf('Your p\u0430ssword has b\u0435en chang\u0435d')],
    not: [messageOf('Привет Anna, как дела? See you, Иван'), messageOf('10 µm, Ω, β-carotene, αβγ')],
  },
});
