/** Widths of characters in ems, on the wide side of common sans-serif fonts. */
function em(character: string): number {
  if (/[ilj.,:;'|!]/.test(character)) return 0.33;
  if (/[ frt()[\]/-]/.test(character)) return 0.4;
  if (/[mwMW%@—]/.test(character)) return 0.95;
  if (/[A-Z]/.test(character)) return 0.72;
  return character.codePointAt(0)! < 0x2e80 ? 0.63 : 1;
}

/** Estimated width of a text in pixels, the same on every machine. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) width += em(character);
  return width * fontSize;
}

/** Breaks a text into lines of at most `width` pixels, at spaces. */
export function wrap(text: string, fontSize: number, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current !== "" && textWidth(longer, fontSize) > width) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return current === "" ? lines : [...lines, current];
}
