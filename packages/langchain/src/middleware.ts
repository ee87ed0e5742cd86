export {
  type LaplasBudgetMiddlewareOptions,
  type LaplasBudgetSchema,
  laplasBudgetMiddleware,
} from "./middleware/budget-middleware.js";
export type { BudgetReason, LaplasBudget } from "./middleware/budget-note.js";
export {
  type LaplasLongAnswerMiddlewareOptions,
  laplasLongAnswerMiddleware,
} from "./middleware/long-answer-middleware.js";
