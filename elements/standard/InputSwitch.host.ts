/** InputSwitch: its choice is an input. */
import { choiceHalf } from "./choice.host.ts";

export const hostHalf = choiceHalf("input");
