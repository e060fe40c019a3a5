// stub
export function uncomment(text: string): string { return partial(text); }
function skipComment(s: string, i: number): number {
  if (s[i+1] === "/") { let j = i+2; while (j+1 < s.length && s[j] !== "\n" && s[j] !== "\r") j++; if (j+1 < s.length && s[j]==="\r" && s[j+1]==="\n") j++; return Math.min(j+1, s.length); }
  let j = i+2; while (j+2 < s.length && !(s[j]==="*" && s[j+1]==="/")) j++; return Math.min(j+2, s.length);
}
const isSpace = (c: string | undefined) => c !== undefined && " \t\n\r\f\v".includes(c);
const isComment = (s: string, i: number) => s[i] === "/" && (s[i+1] === "/" || s[i+1] === "*");
function skipBackslash(s: string, i: number): number {
  if (i+1 >= s.length) return i+1;
  if (s[i+1] === "<") { let j = i+2; while (j < s.length) { if (s[j] === ">") return j+1; if (isComment(s,j)) j = skipComment(s,j); else j++; } return j; }
  if (s[i+1] === "\r" && s[i+2] === "\n") return i+3;
  return i+2;
}
function skipDouble(s: string, i: number): number { for (i++; i < s.length;) { if (s[i] === "\\") i = skipBackslash(s,i); else if (s[i] === '"') return i+1; else i++; } return s.length; }
function skipSingle(s: string, i: number): number { const j = s.indexOf("'", i+1); return j < 0 ? s.length : j+1; }
export function skipSpaceAndComments(s: string, i: number): number { for (; i < s.length; i++) { if (isSpace(s[i])) continue; if (isComment(s,i)) i = skipComment(s,i)-1; else break; } return i; }
function partial(s: string): string {
  let i = skipSpaceAndComments(s, 0); let out = ""; let left = i, right = i; let closed = false;
  while (i < s.length) {
    if (isSpace(s[i])) i++; else if (isComment(s,i)) { i = skipComment(s,i); closed = true; }
    else { if (closed) { out += s.slice(left,right) + " "; left = i; closed = false; }
      if (s[i] === "'") i = skipSingle(s,i); else if (s[i] === '"') i = skipDouble(s,i); else if (s[i] === "\\" && s[i+1] === "<") i = skipBackslash(s,i); else i++;
      right = i; }
  }
  return out + s.slice(left,right);
}
function backslash(s: string, i: number, out: string[]): number {
  if (i === s.length-1) { out.push("\\"); return s.length; }
  const c = s[i+1]!;
  const map: Record<string,string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
  if (c === "\r") return s[i+2] === "\n" ? i+3 : i+2;
  if (c === "\n") return i+2;
  if (map[c] !== undefined) { out.push(map[c]!); return i+2; }
  if (c >= "0" && c <= "7") { const m = /^[0-7]{1,3}/.exec(s.slice(i+1))![0]; out.push(String.fromCharCode(parseInt(m,8) & 255)); return i+1+m.length; }
  if (c === "x") { const m = /^[0-9a-fA-F]*/.exec(s.slice(i+2))![0]; out.push(String.fromCharCode(parseInt(m.slice(-2) || "0",16))); return i+2+m.length; }
  if (c === "<") { const e = skipBackslash(s,i); const hex = s.slice(i+2,e).replace(/[^0-9a-fA-F]/g,""); for (let k = 0; k+1 < hex.length; k += 2) out.push(String.fromCharCode(parseInt(hex.slice(k,k+2),16))); return e; }
  out.push(c); return i+2;
}
export function unquote(text: string): string {
  const s = partial(text); const out: string[] = []; let q = "";
  for (let i = 0; i < s.length;) { const c = s[i]!;
    if (c === '"' || c === "'") { if (q === "") { q = c; i++; continue; } if (q === c) { q = ""; i++; continue; } }
    if (c === "\\" && i+1 < s.length && (q === '"' || (q === "" && s[i+1] === "<"))) { i = backslash(s,i,out); continue; }
    out.push(c); i++; }
  return out.join("");
}
export function quote(s: string): string {
  return `"${s.replace(/[\\"$]/g, "\\$&").replace(/\t/g,"\\t").replace(/\r/g,"\\r").replace(/\n/g,"\\n").replace(/[^ -~]/g, c => `\\${c.charCodeAt(0).toString(8).padStart(3,"0")}`)}"`;
}
export function shiftWord(s: string): [string, string] {
  const start = skipSpaceAndComments(s,0); let i = start;
  while (i < s.length) { const c = s[i]!; if (isComment(s,i) || isSpace(c)) break; if (c === '"') i = skipDouble(s,i); else if (c === "'") i = skipSingle(s,i); else if (c === "\\" && s[i+1] === "<") i = skipBackslash(s,i); else i++; }
  return [s.slice(start,i), s.slice(skipSpaceAndComments(s,i))];
}
