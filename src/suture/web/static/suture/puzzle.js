// The report form's puzzle: find a number so that SHA-256 of "challenge:number" begins with BITS zero bits.
// It stands in for a captcha: nobody is asked, nothing is loaded from elsewhere. Without it, one waits half a minute.
(() => {
  "use strict";
  const form = document.querySelector("form[data-puzzle]");
  if (!form) return;
  const challenge = form.elements.challenge.value;
  const bits = Number(form.dataset.puzzle);
  const answer = form.elements.answer;
  const note = document.getElementById("puzzle-note");

  // SHA-256 (FIPS 180-4): the browser's own is not offered on plain http, and is slow for many short texts.
  const K = new Uint32Array(64);
  const START = new Uint32Array(8);
  (() => {
    const part = (x) => ((x - Math.floor(x)) * 4294967296) >>> 0;
    let n = 2;
    for (let found = 0; found < 64; n += 1) {
      let prime = true;
      for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
      if (!prime) continue;
      if (found < 8) START[found] = part(Math.sqrt(n));
      K[found] = part(Math.cbrt(n));
      found += 1;
    }
  })();
  const W = new Uint32Array(64);
  const H = new Uint32Array(8);

  function sha256(text) {
    const length = text.length;
    const blocks = ((length + 8) >> 6) + 1;
    const bytes = new Uint8Array(blocks * 64);
    for (let i = 0; i < length; i += 1) bytes[i] = text.charCodeAt(i);
    bytes[length] = 0x80;
    const view = new DataView(bytes.buffer);
    view.setUint32(blocks * 64 - 4, length * 8);
    H.set(START);
    for (let block = 0; block < blocks; block += 1) {
      for (let i = 0; i < 16; i += 1) W[i] = view.getUint32(block * 64 + i * 4);
      for (let i = 16; i < 64; i += 1) {
        const x = W[i - 15], y = W[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
      }
      let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
      for (let i = 0; i < 64; i += 1) {
        const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + S1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
        const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      H[0] += a; H[1] += b; H[2] += c; H[3] += d; H[4] += e; H[5] += f; H[6] += g; H[7] += h;
    }
    return H[0];
  }

  let sending = false;
  let number = 0;
  function some() {
    for (let i = 0; i < 2000; i += 1, number += 1) {
      if (sha256(`${challenge}:${number}`) >>> (32 - bits) === 0) {
        answer.value = String(number);
        if (note) note.hidden = true;
        if (sending) form.submit();
        return;
      }
    }
    setTimeout(some, 0);
  }

  form.addEventListener("submit", (event) => {
    if (answer.value) return;
    event.preventDefault();
    sending = true;
    if (note) note.hidden = false;
  });
  if (!answer.value) setTimeout(some, 50);
})();
