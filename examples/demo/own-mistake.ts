/** A mistake of whoever started the program: shown as one line, without a stack. */
export class OwnMistake extends Error {}
