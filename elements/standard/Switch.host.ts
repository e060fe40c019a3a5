/** Switch: its choice is an output. */
import { choiceHalf } from "./choice.host.ts";

export const hostHalf = choiceHalf("output");
