/** Octets of an IPv4 or IPv6 address in text, 4 or 16; none for anything else. A zone behind `%` is left aside. */
export function addressOctets(text: string): Uint8Array {
  if (!text.includes(':')) return ipv4Octets(text);
  const address = text.split('%', 1)[0] ?? '';
  const dotted = address.slice(address.lastIndexOf(':') + 1);
  if (!dotted.includes('.')) return ipv6Octets(address);
  const ipv4 = ipv4Octets(dotted);
  if (/^::ffff:[\d.]+$/i.test(address)) return ipv4;
  const [one = 0, two = 0, three = 0, four = 0] = ipv4;
  const tail = `${((one << 8) | two).toString(16)}:${((three << 8) | four).toString(16)}`;
  return ipv4.length === 4 ? ipv6Octets(address.slice(0, -dotted.length) + tail) : ipv4;
}

function ipv4Octets(text: string): Uint8Array {
  const octets = new Uint8Array(4);
  let [at, value, digits] = [0, 0, 0];
  for (let index = 0; index <= text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character >= 0x30 && character <= 0x39) {
      value = value * 10 + character - 0x30;
      digits += 1;
      continue;
    }
    const isEnd = index === text.length;
    if ((!isEnd && character !== 0x2e) || digits === 0 || digits > 3 || value > 255 || at > 3) return none;
    octets[at] = value;
    at += 1;
    [value, digits] = [0, 0];
  }
  return at === 4 ? octets : none;
}

const none = new Uint8Array(0);

function ipv6Octets(text: string): Uint8Array {
  const [front = '', back, more] = text.split('::');
  const left = front === '' ? [] : front.split(':');
  const right = back === undefined || back === '' ? [] : back.split(':');
  const missing = 8 - left.length - right.length;
  if (more !== undefined || (back === undefined ? missing !== 0 : missing < 1)) return none;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return none;
  const octets = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    const value = Number.parseInt(group, 16);
    octets[2 * index] = value >> 8;
    octets[2 * index + 1] = value & 0xff;
  }
  return octets;
}
