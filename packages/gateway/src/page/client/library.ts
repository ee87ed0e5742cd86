/**
 * The part of the page that is first needed when a model has answered: the grammar of Markdown, and the join of a continuation. A file of
 * its own, since it is a third of all: the overview is there without it.
 */
export { continueText } from "@laplas/core/continue-text";
export { lexMarkdown } from "../markdown/lex-markdown.js";
