/** The host half of DriverManager: the script machine of src/host/script. */
import { scriptHostHalf } from "../../src/host/script/element.ts";

export const hostHalf = scriptHostHalf("driver");
