import { Element } from "../kernel/element";
import { FIRST_TIMESTAMP_ANNO, Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
