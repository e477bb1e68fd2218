const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** True when one word has letters of two scripts whose letters look alike: an imitation, hardly a language. */
export function isMixedScript(text: string): boolean {
  const words = text.slice(0, 300).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.some(word => scripts.filter(script => script.test(word)).length > 1);
}

const freemail =
  /^(?:gmail|googlemail|yahoo|ymail|rocketmail|hotmail|outlook|live|msn|aol|gmx|mail|email|yandex|protonmail|proton|zoho|tutanota|icloud|inbox|laposte|orange|wanadoo|free|sfr|bbox|web|t-online|libero|virgilio|uol|bol|terra|naver|daum|qq|163|126|sina|rediffmail|consultant|usa|mailfence)\.(?:com|co\.[a-z]{2}|com\.[a-z]{2}|net|org|fr|de|it|es|be|ch|ru|me|pm|eu|[a-z]{2})$/;

/** True for a domain where anybody gets a mailbox for nothing. */
export function isFreemail(domain: string): boolean {
  return freemail.test(domain);
}
