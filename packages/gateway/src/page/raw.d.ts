/**
 * The text of a file. tsup puts it in place: of a style sheet made small, of a program the whole of it, bundled for browsers. In the
 * tests of the sources vite does, with the text as it stands, and with none of a style sheet.
 */
declare module "*?raw" {
  const text: string;
  export default text;
}
