/** Route tables. */
import type { Case } from "./case.ts";

const source = (hex: string, more = "LIMIT 1, STOP true"): string => `InfiniteSource(DATA \\<${hex}>, ${more})`;

export const cases: readonly Case[] = [
  {
    name: "RadixIPLookup adds, sets, removes and looks up routes",
    configuration: `Idle -> r :: RadixIPLookup(1.0.0.0/8 0); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(write r.add 18.26/16 1.0.0.1 0, print r.lookup 18.26.4.9, write r.add 18.26.0/18 2.0.0.2 1, print r.lookup 18.26.4.9, print r.lookup 18.26.64.9,
        write r.add 0/0 2, print r.lookup 99.9.9.9, write r.add 18.26.4.9 - 2, print r.lookup 18.26.4.9, write r.set 18.26.4.9 3.3.3.3 1, print r.lookup 18.26.4.9,
        write r.add 18.26.0/18 0, write r.remove 18.26.0/18 2.0.0.2 0, write r.remove 18.26.4.9, print r.lookup 18.26.4.9, write r.remove 18.26.0.0/18 2.0.0.2 1, print r.lookup 18.26.4.9,
        write r.remove 18.26.0/18, write r.add 1.0.0.0/8, write r.add 1.0.0.0/8 3, write r.remove 1.0.0.0/8 x, print r.lookup foo, write r.remove 0/0, print r.lookup 99.9.9.9, print r.table, stop)`,
    stdout: `0 1.0.0.1
1 2.0.0.2
0 1.0.0.1
2
2
1 3.3.3.3
1 2.0.0.2
0 1.0.0.1
-1
1.0.0.0/8		-		0
18.26.0.0/16		1.0.0.1		0
`,
    stderr: `While calling 'r.add 18.26.0/18 0':
  conflict with existing route '18.26.0.0/18 2.0.0.2 1'
While calling 'r.remove 18.26.0/18 2.0.0.2 0':
  route '18.26.0.0/18 2.0.0.2 0' not found
While calling 'r.remove 18.26.0/18':
  route '18.26.0.0/18 - -1' not found
While calling 'r.add 1.0.0.0/8':
  expected 'ADDR/MASK [GATEWAY] OUTPUT'
While calling 'r.add 1.0.0.0/8 3':
  bad OUTPUT
While calling 'r.remove 1.0.0.0/8 x':
  expected 'ADDR/MASK [GATEWAY OUTPUT]'
While calling 'r.lookup foo':
  expected IP address
`,
  },
  {
    name: "RadixIPLookup executes all lines of ctrl or none",
    configuration: `Idle -> r :: RadixIPLookup(1.0.0.0/8 0, 2.0.0.0/8 3.3.3.3 1); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(writeq r.ctrl "add 5.0.0.0/8 0\\nset 1.0.0.0/8 1.1.1.1 1\\nremove 2.0.0.0/8", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, writeq r.ctrl "remove 5.0.0.0/8\\nset 1.0.0.0/8 2\\nadd 2.0.0.0/8 1\\nfoo 1", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, stop)`,
    stdout: `0
1 1.1.1.1
-1
0
1 1.1.1.1
-1
`,
    stderr: `While calling 'r.ctrl remove 5.0.0.0/8
set 1.0.0.0/8 2
add 2.0.0.0/8 1
foo 1':
  bad command 'foo'
`,
  },
  {
    name: "LinearIPLookup adds, sets, removes and looks up routes",
    configuration: `Idle -> r :: LinearIPLookup(1.0.0.0/8 0); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(write r.add 18.26/16 1.0.0.1 0, print r.lookup 18.26.4.9, write r.add 18.26.0/18 2.0.0.2 1, print r.lookup 18.26.4.9, print r.lookup 18.26.64.9,
        write r.add 0/0 2, print r.lookup 99.9.9.9, write r.add 18.26.4.9 - 2, print r.lookup 18.26.4.9, write r.set 18.26.4.9 3.3.3.3 1, print r.lookup 18.26.4.9,
        write r.add 18.26.0/18 0, write r.remove 18.26.0/18 2.0.0.2 0, write r.remove 18.26.4.9, print r.lookup 18.26.4.9, write r.remove 18.26.0.0/18 2.0.0.2 1, print r.lookup 18.26.4.9,
        write r.remove 18.26.0/18, write r.add 1.0.0.0/8, write r.add 1.0.0.0/8 3, write r.remove 1.0.0.0/8 x, print r.lookup foo, write r.remove 0/0, print r.lookup 99.9.9.9, print r.table, stop)`,
    stdout: `0 1.0.0.1
1 2.0.0.2
0 1.0.0.1
2
2
1 3.3.3.3
1 2.0.0.2
0 1.0.0.1
-1
1.0.0.0/8		-		0
18.26.0.0/16		1.0.0.1		0
`,
    stderr: `While calling 'r.add 18.26.0/18 0':
  conflict with existing route '18.26.0.0/18 2.0.0.2 1'
While calling 'r.remove 18.26.0/18 2.0.0.2 0':
  route '18.26.0.0/18 2.0.0.2 0' not found
While calling 'r.remove 18.26.0/18':
  route '18.26.0.0/18 - -1' not found
While calling 'r.add 1.0.0.0/8':
  expected 'ADDR/MASK [GATEWAY] OUTPUT'
While calling 'r.add 1.0.0.0/8 3':
  bad OUTPUT
While calling 'r.remove 1.0.0.0/8 x':
  expected 'ADDR/MASK [GATEWAY OUTPUT]'
While calling 'r.lookup foo':
  expected IP address
`,
  },
  {
    name: "LinearIPLookup executes all lines of ctrl or none",
    configuration: `Idle -> r :: LinearIPLookup(1.0.0.0/8 0, 2.0.0.0/8 3.3.3.3 1); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(writeq r.ctrl "add 5.0.0.0/8 0\\nset 1.0.0.0/8 1.1.1.1 1\\nremove 2.0.0.0/8", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, writeq r.ctrl "remove 5.0.0.0/8\\nset 1.0.0.0/8 2\\nadd 2.0.0.0/8 1\\nfoo 1", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, stop)`,
    stdout: `0
1 1.1.1.1
-1
0
1 1.1.1.1
-1
`,
    stderr: `While calling 'r.ctrl remove 5.0.0.0/8
set 1.0.0.0/8 2
add 2.0.0.0/8 1
foo 1':
  bad command 'foo'
`,
  },
  {
    name: "DirectIPLookup adds, sets, removes and looks up routes",
    configuration: `Idle -> r :: DirectIPLookup(1.0.0.0/8 0); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(write r.add 18.26/16 1.0.0.1 0, print r.lookup 18.26.4.9, write r.add 18.26.0/18 2.0.0.2 1, print r.lookup 18.26.4.9, print r.lookup 18.26.64.9,
        write r.add 0/0 2, print r.lookup 99.9.9.9, write r.add 18.26.4.9 - 2, print r.lookup 18.26.4.9, write r.set 18.26.4.9 3.3.3.3 1, print r.lookup 18.26.4.9,
        write r.add 18.26.0/18 0, write r.remove 18.26.0/18 2.0.0.2 0, write r.remove 18.26.4.9, print r.lookup 18.26.4.9, write r.remove 18.26.0.0/18 2.0.0.2 1, print r.lookup 18.26.4.9,
        write r.remove 18.26.0/18, write r.add 1.0.0.0/8, write r.add 1.0.0.0/8 3, write r.remove 1.0.0.0/8 x, print r.lookup foo, write r.remove 0/0, print r.lookup 99.9.9.9, stop)`,
    stdout: `0 1.0.0.1
1 2.0.0.2
0 1.0.0.1
2
2
1 3.3.3.3
1 2.0.0.2
0 1.0.0.1
-1
`,
    stderr: `While calling 'r.add 18.26.0/18 0':
  conflict with existing route '18.26.0.0/18 2.0.0.2 1'
While calling 'r.remove 18.26.0/18 2.0.0.2 0':
  route '18.26.0.0/18 2.0.0.2 0' not found
While calling 'r.remove 18.26.0/18':
  route '18.26.0.0/18 - -1' not found
While calling 'r.add 1.0.0.0/8':
  expected 'ADDR/MASK [GATEWAY] OUTPUT'
While calling 'r.add 1.0.0.0/8 3':
  bad OUTPUT
While calling 'r.remove 1.0.0.0/8 x':
  expected 'ADDR/MASK [GATEWAY OUTPUT]'
While calling 'r.lookup foo':
  expected IP address
`,
  },
  {
    name: "DirectIPLookup executes all lines of ctrl or none",
    configuration: `Idle -> r :: DirectIPLookup(1.0.0.0/8 0, 2.0.0.0/8 3.3.3.3 1); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(writeq r.ctrl "add 5.0.0.0/8 0\\nset 1.0.0.0/8 1.1.1.1 1\\nremove 2.0.0.0/8", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, writeq r.ctrl "remove 5.0.0.0/8\\nset 1.0.0.0/8 2\\nadd 2.0.0.0/8 1\\nfoo 1", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, stop)`,
    stdout: `0
1 1.1.1.1
-1
0
1 1.1.1.1
-1
`,
    stderr: `While calling 'r.ctrl remove 5.0.0.0/8
set 1.0.0.0/8 2
add 2.0.0.0/8 1
foo 1':
  bad command 'foo'
`,
  },
  {
    name: "RangeIPLookup adds, sets, removes and looks up routes",
    configuration: `Idle -> r :: RangeIPLookup(1.0.0.0/8 0); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(write r.add 18.26/16 1.0.0.1 0, print r.lookup 18.26.4.9, write r.add 18.26.0/18 2.0.0.2 1, print r.lookup 18.26.4.9, print r.lookup 18.26.64.9,
        write r.add 0/0 2, print r.lookup 99.9.9.9, write r.add 18.26.4.9 - 2, print r.lookup 18.26.4.9, write r.set 18.26.4.9 3.3.3.3 1, print r.lookup 18.26.4.9,
        write r.add 18.26.0/18 0, write r.remove 18.26.0/18 2.0.0.2 0, write r.remove 18.26.4.9, print r.lookup 18.26.4.9, write r.remove 18.26.0.0/18 2.0.0.2 1, print r.lookup 18.26.4.9,
        write r.remove 18.26.0/18, write r.add 1.0.0.0/8, write r.add 1.0.0.0/8 3, write r.remove 1.0.0.0/8 x, print r.lookup foo, write r.remove 0/0, print r.lookup 99.9.9.9, stop)`,
    stdout: `0 1.0.0.1
1 2.0.0.2
0 1.0.0.1
2
2
1 3.3.3.3
1 2.0.0.2
0 1.0.0.1
-1
`,
    stderr: `While calling 'r.add 18.26.0/18 0':
  conflict with existing route '18.26.0.0/18 2.0.0.2 1'
While calling 'r.remove 18.26.0/18 2.0.0.2 0':
  route '18.26.0.0/18 2.0.0.2 0' not found
While calling 'r.remove 18.26.0/18':
  route '18.26.0.0/18 - -1' not found
While calling 'r.add 1.0.0.0/8':
  expected 'ADDR/MASK [GATEWAY] OUTPUT'
While calling 'r.add 1.0.0.0/8 3':
  bad OUTPUT
While calling 'r.remove 1.0.0.0/8 x':
  expected 'ADDR/MASK [GATEWAY OUTPUT]'
While calling 'r.lookup foo':
  expected IP address
`,
  },
  {
    name: "RangeIPLookup executes all lines of ctrl or none",
    configuration: `Idle -> r :: RangeIPLookup(1.0.0.0/8 0, 2.0.0.0/8 3.3.3.3 1); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(writeq r.ctrl "add 5.0.0.0/8 0\\nset 1.0.0.0/8 1.1.1.1 1\\nremove 2.0.0.0/8", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, writeq r.ctrl "remove 5.0.0.0/8\\nset 1.0.0.0/8 2\\nadd 2.0.0.0/8 1\\nfoo 1", print r.lookup 5.0.0.1, print r.lookup 1.0.0.1, print r.lookup 2.0.0.1, stop)`,
    stdout: `0
1 1.1.1.1
-1
0
1 1.1.1.1
-1
`,
    stderr: `While calling 'r.ctrl remove 5.0.0.0/8
set 1.0.0.0/8 2
add 2.0.0.0/8 1
foo 1':
  bad command 'foo'
`,
  },
  {
    name: "StaticIPLookup prints its table in columns and warns of routes for the same prefix",
    arguments: ["-q", "-h", "r.table"],
    configuration: `Idle -> r :: StaticIPLookup(1.0.0.0/8 0, 1.0.0.0/8 1.2.3.4 1, 100.100.100.100 100.100.100.100 1, 1.2.3.0/255.255.0.0 - 0, 1.2.0.0/255.0.255.0 1, 0/0 0); r[0] -> Discard; r[1] -> Discard`,
    stdout: `1.0.0.0/8		-		0
100.100.100.100/32	100.100.100.100	1
1.2.0.0/16		-		0
1.0.0.0/255.0.255.0	-		1
0.0.0.0/0		-		0
`,
    stderr: `config:1: While configuring 'r :: StaticIPLookup':
  warning: 1 route replaced by later versions
`,
  },
  {
    name: "StaticIPLookup says which argument is wrong",
    arguments: ["-q"],
    configuration: `Idle -> r :: StaticIPLookup(1.0.0.0/8 1, a b c, 1.0.0.1, 1.2.3.4 1 0, 2.0.0.0/8 0) -> Discard`,
    stderr: `config:1: While configuring 'r :: StaticIPLookup':
  argument 1 bad OUTPUT
  argument 2 should be 'ADDR/MASK [GATEWAY] OUTPUT'
  argument 3 should be 'ADDR/MASK [GATEWAY] OUTPUT'
  argument 4 should be 'ADDR/MASK [GATEWAY] OUTPUT'
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "StaticIPLookup sends packets where their routes lead, and reports those without one five times",
    configuration: `${source("0a000001 01020304 0a000102 01020305 63636363")} -> t :: Tee(5);
      t[0] -> GetIPAddress(0) -> r :: StaticIPLookup(10.0.0.0/8 0, 10.0.0.0/24 10.0.0.254 1, 1.2.3.4/30 2); t[1] -> GetIPAddress(4) -> r; t[2] -> GetIPAddress(8) -> r; t[3] -> GetIPAddress(12) -> r;
      t[4] -> GetIPAddress(16) -> u :: Tee(7) -> r; u[1] -> r; u[2] -> r; u[3] -> r; u[4] -> r; u[5] -> r; u[6] -> r;
      r[0] -> StoreIPAddress(0) -> Print(0, 4) -> Discard; r[1] -> StoreIPAddress(0) -> Print(1, 4) -> Discard; r[2] -> StoreIPAddress(0) -> Print(2, 4) -> Discard`,
    stderr: `1:   20 | 0a0000fe
2:   20 | 01020304
0:   20 | 0a000102
2:   20 | 01020305
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
`,
  },
  {
    name: "LinearIPLookup prints its table in columns and warns of routes for the same prefix",
    arguments: ["-q", "-h", "r.table"],
    configuration: `Idle -> r :: LinearIPLookup(1.0.0.0/8 0, 1.0.0.0/8 1.2.3.4 1, 100.100.100.100 100.100.100.100 1, 1.2.3.0/255.255.0.0 - 0, 1.2.0.0/255.0.255.0 1, 0/0 0); r[0] -> Discard; r[1] -> Discard`,
    stdout: `1.0.0.0/8		-		0
100.100.100.100/32	100.100.100.100	1
1.2.0.0/16		-		0
1.0.0.0/255.0.255.0	-		1
0.0.0.0/0		-		0
`,
    stderr: `config:1: While configuring 'r :: LinearIPLookup':
  warning: 1 route replaced by later versions
`,
  },
  {
    name: "LinearIPLookup says which argument is wrong",
    arguments: ["-q"],
    configuration: `Idle -> r :: LinearIPLookup(1.0.0.0/8 1, a b c, 1.0.0.1, 1.2.3.4 1 0, 2.0.0.0/8 0) -> Discard`,
    stderr: `config:1: While configuring 'r :: LinearIPLookup':
  argument 1 bad OUTPUT
  argument 2 should be 'ADDR/MASK [GATEWAY] OUTPUT'
  argument 3 should be 'ADDR/MASK [GATEWAY] OUTPUT'
  argument 4 should be 'ADDR/MASK [GATEWAY] OUTPUT'
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "LinearIPLookup sends packets where their routes lead, and reports those without one five times",
    configuration: `${source("0a000001 01020304 0a000102 01020305 63636363")} -> t :: Tee(5);
      t[0] -> GetIPAddress(0) -> r :: LinearIPLookup(10.0.0.0/8 0, 10.0.0.0/24 10.0.0.254 1, 1.2.3.4/30 2); t[1] -> GetIPAddress(4) -> r; t[2] -> GetIPAddress(8) -> r; t[3] -> GetIPAddress(12) -> r;
      t[4] -> GetIPAddress(16) -> u :: Tee(7) -> r; u[1] -> r; u[2] -> r; u[3] -> r; u[4] -> r; u[5] -> r; u[6] -> r;
      r[0] -> StoreIPAddress(0) -> Print(0, 4) -> Discard; r[1] -> StoreIPAddress(0) -> Print(1, 4) -> Discard; r[2] -> StoreIPAddress(0) -> Print(2, 4) -> Discard`,
    stderr: `1:   20 | 0a0000fe
2:   20 | 01020304
0:   20 | 0a000102
2:   20 | 01020305
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
LinearIPLookup: no route for 99.99.99.99
`,
  },
  {
    name: "RadixIPLookup prints its table in columns and warns of routes for the same prefix",
    arguments: ["-q", "-h", "r.table"],
    configuration: `Idle -> r :: RadixIPLookup(1.0.0.0/8 0, 1.0.0.0/8 1.2.3.4 1, 100.100.100.100 100.100.100.100 1, 1.2.3.0/255.255.0.0 - 0, 1.2.0.0/255.0.255.0 1, 0/0 0); r[0] -> Discard; r[1] -> Discard`,
    stdout: `1.0.0.0/8		-		0
100.100.100.100/32	100.100.100.100	1
1.2.0.0/16		-		0
1.0.0.0/255.0.255.0	-		1
0.0.0.0/0		-		0
`,
    stderr: `config:1: While configuring 'r :: RadixIPLookup':
  warning: 1 route replaced by later versions
`,
  },
  {
    name: "RadixIPLookup says which argument is wrong",
    arguments: ["-q"],
    configuration: `Idle -> r :: RadixIPLookup(1.0.0.0/8 1, a b c, 1.0.0.1, 1.2.3.4 1 0, 2.0.0.0/8 0) -> Discard`,
    stderr: `config:1: While configuring 'r :: RadixIPLookup':
  argument 1 bad OUTPUT
  argument 2 should be 'ADDR/MASK [GATEWAY] OUTPUT'
  argument 3 should be 'ADDR/MASK [GATEWAY] OUTPUT'
  argument 4 should be 'ADDR/MASK [GATEWAY] OUTPUT'
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RadixIPLookup sends packets where their routes lead, and reports those without one five times",
    configuration: `${source("0a000001 01020304 0a000102 01020305 63636363")} -> t :: Tee(5);
      t[0] -> GetIPAddress(0) -> r :: RadixIPLookup(10.0.0.0/8 0, 10.0.0.0/24 10.0.0.254 1, 1.2.3.4/30 2); t[1] -> GetIPAddress(4) -> r; t[2] -> GetIPAddress(8) -> r; t[3] -> GetIPAddress(12) -> r;
      t[4] -> GetIPAddress(16) -> u :: Tee(7) -> r; u[1] -> r; u[2] -> r; u[3] -> r; u[4] -> r; u[5] -> r; u[6] -> r;
      r[0] -> StoreIPAddress(0) -> Print(0, 4) -> Discard; r[1] -> StoreIPAddress(0) -> Print(1, 4) -> Discard; r[2] -> StoreIPAddress(0) -> Print(2, 4) -> Discard`,
    stderr: `1:   20 | 0a0000fe
2:   20 | 01020304
0:   20 | 0a000102
2:   20 | 01020305
IPRouteTable: no route for 99.99.99.99
IPRouteTable: no route for 99.99.99.99
IPRouteTable: no route for 99.99.99.99
IPRouteTable: no route for 99.99.99.99
IPRouteTable: no route for 99.99.99.99
`,
  },
  {
    name: "RadixIPLookup can be flushed",
    configuration: `Idle -> r :: RadixIPLookup(1.0.0.0/8 0, 0/0 1); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(write r.flush, print r.table, print r.lookup 1.0.0.1, write r.add 9.9.9.9 1.1.1.1 2, print r.table, stop)`,
    stdout: `
-1
9.9.9.9/32		1.1.1.1		2
`,
  },
  {
    name: "StaticIPLookup cannot change",
    configuration: `Idle -> r :: StaticIPLookup(1.0.0.0/8 0); r[0] -> Discard; r[1] -> Discard; r[2] -> Discard; DriverManager(write r.add 2.0.0.0/8 1, stop)`,
    stderr: `no 'r.add' write handler
`,
  },
];
