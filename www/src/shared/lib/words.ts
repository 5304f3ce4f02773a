/** "every day" as the beginning of a line: "Every day". What begins with a name (db.example, shop_2, "shop at db.example: ") stays as it is. */
export function capital(text: string): string {
  if (!/^[a-z]+[,:;]?(\s|$)/.test(text) || /^[a-z]+ at \S+: /.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
