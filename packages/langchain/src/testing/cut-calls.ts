/** Arguments that a model had not finished, and what it could have meant: whoever completes them pays the wrong sum. */
export const CUT_ARGUMENTS: readonly (readonly [kind: string, text: string])[] = [
  ["half a number", '{"to": "Ada", "amount": 10'],
  ["a number that may go on with a point", '{"amount": 1.'],
  ["a minus alone", '{"amount": -'],
  ["half a text", '{"to": "Ad'],
  ["a text up to a backslash", '{"to": "Ad\\'],
  ["half a character's code", '{"to": "\\u00'],
  ["a text up to its end", '{"to": "Ada"'],
  ["half a key", '{"to": "Ada", "am'],
  ["a key without a value", '{"to": "Ada", "amount"'],
  ["a colon", '{"to": "Ada", "amount":'],
  ["a comma", '{"to": "Ada",'],
  ["half a word", '{"to": "Ada", "all": tr'],
  ["a bracket", "{"],
  ["a list inside", '{"to": ["Ada", "Bob"'],
  ["an object inside", '{"payment": {"to": "Ada", "amount": 10}'],
  ["white space behind half an object", '{"to": "Ada", "amount": 10 \n '],
];

/** Arguments that hold more, or something else, than one whole object. */
export const STRANGE_ARGUMENTS: readonly (readonly [kind: string, text: string])[] = [
  ["a whole object, and the beginning of another", '{"amount": 1}{"amo'],
  ["a whole object, and a comma", '{"amount": 1},'],
  ["a whole object, and words", '{"amount": 1} Done'],
  ["a number", "1"],
  ["half a word alone", "nul"],
  ["a text that holds an object", '"{\\"amount\\": 1}"'],
  ["a list", '[{"amount": 1}]'],
  ["words", "amount=10"],
  ["a bare line break in a text", '{"to": "Ada\nBob"}'],
];
