// The proof that this browser worked for a form: a number such that SHA-256 of « challenge.number » begins
// with so many zero bits. Looked for in short turns, so that the page stays quick to answer while one types.
// SHA-256 as FIPS 180-4 has it, for short texts: that of the browser answers too late to be asked so often.

const TURN = 12; // milliseconds
const TRIES = 200; // between two looks at the clock

const PRIMES = primes(64);
const ROUNDS = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

function primes(count) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime)) found.push(number);
  }
  return found;
}

function fraction(number) {
  return ((number - Math.floor(number)) * 2 ** 32) >>> 0;
}

const turned = (word, by) => (word >>> by) | (word << (32 - by));

// One block of sixteen words, mixed into the state.
function mix(state, block, words) {
  for (let at = 0; at < 64; at += 1) {
    if (at < 16) words[at] = block[at];
    else {
      const early = words[at - 15];
      const late = words[at - 2];
      const one = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const two = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      words[at] = words[at - 16] + one + words[at - 7] + two;
    }
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let at = 0; at < 64; at += 1) {
    const high = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + high + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at]) | 0;
    const low = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + first) | 0;
    d = c; c = b; b = a; a = (first + second) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

// The first word of SHA-256 of a text of plain letters.
export function firstWord(text) {
  const length = text.length;
  const blocks = new Uint32Array(((length + 8) >> 6) * 16 + 16);
  for (let at = 0; at < length; at += 1) blocks[at >> 2] |= text.charCodeAt(at) << (24 - (at & 3) * 8);
  blocks[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
  blocks[blocks.length - 1] = length * 8;
  const state = START.slice();
  const words = new Uint32Array(64);
  for (let at = 0; at < blocks.length; at += 16) mix(state, blocks.subarray(at, at + 16), words);
  return state[0];
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

// The number that proves it. ``bits`` is 32 at most.
export async function prove(challenge, bits) {
  const limit = 2 ** (32 - bits);
  for (let number = 0; ; ) {
    const end = performance.now() + TURN;
    while (performance.now() < end) {
      for (let tries = 0; tries < TRIES; tries += 1, number += 1) {
        if (firstWord(`${challenge}.${number}`) < limit) return String(number);
      }
    }
    await pause();
  }
}
