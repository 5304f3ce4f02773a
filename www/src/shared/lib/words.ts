/** "every day" as the beginning of a line: "Every day". What begins with a name (db.example, shop_2) stays as it is. */
export function capital(text: string): string {
  if (!/^[a-z]+[,:;]?(\s|$)/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
