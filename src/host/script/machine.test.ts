import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ScriptRouter } from "./router.fixture.ts";

/** What the scripts print and report when they run to their end. */
function run(scripts: Readonly<Record<string, string>>): { output: string; messages: readonly string[] } {
  const router = new ScriptRouter(scripts).run();
  return { output: router.output, messages: router.messages };
}

describe("a script", () => {
  it("reports errors where Click does, and goes on", () => {
    const { output, messages } = run({
      s: `print $(add 1 x), print add 1 x, print >/missing/f "hi", set a $(nosuch), print "$a", read foo.bar,
          write foo.bar 1, print $?, write s.goto nolab, print $?, write s.set, print $?, goto x y, label x, wait bogus, print after`,
    });
    assert.equal(output, "$(nosuch)\n0\n-22\n-22\n");
    assert.deepEqual(messages, [
      "While executing 's :: Script':",
      "  expected list of numbers",
      "  While calling 's.add 1 x':",
      "    expected list of numbers",
      "  /missing/f: No such file or directory",
      "  no 'nosuch' read handler",
      "  no element named 'foo'",
      "  no element named 'foo'",
      "  While calling 's.goto nolab':",
      "    jump to nonexistent label",
      "  While calling 's.set':",
      "    no variable",
      "  syntax error at 'wait'",
    ]);
  });

  it("reports the errors of a script that it calls inside its own", () => {
    const { output, messages } = run({
      s: "TYPE PASSIVE, error zap",
      t: "print $(s.run), print s.run, write s.run, print $?, read s.run 1, stop",
    });
    assert.equal(output, "-1\n");
    assert.deepEqual(messages, [
      "While executing 't :: Script':",
      "  zap",
      "  While calling 's.run':",
      "    zap",
      "  While calling 's.run':",
      "    zap",
      "  While calling 's.run 1':",
      "    zap",
      "s.run:",
      "",
    ]);
  });

  it("waits for times with units", () => {
    const { output } = run({
      s: "print now, wait 1.5, print now, wait 20ms, print now, wait 2 min, print $(now), stop",
    });
    assert.equal(output, "1000000000.000000002\n1000000001.500000004\n1000000001.520000006\n1000000121.520000008\n");
  });

  it("is given up after a thousand jumps, and the others go on", () => {
    const { output, messages } = run({ s: "label a, goto a", t: "wait 1, print 'on', stop" });
    assert.deepEqual(messages, ["s :: Script: too many jumps, giving up"]);
    assert.equal(output, "on\n");
  });

  it("jumps on conditions, and to the built-in labels", () => {
    const { output, messages } = run({
      s: `set x 0, label again, print $x, set x $(add $x 1), goto again $(lt $x 3), goto end maybe, goto exit $(eq $x 3), print no`,
      t: "wait 0.1, goto stop",
      u: "wait 0.2, goto error, print 'no'",
      v: "wait 0.3, print 'still', stop",
    });
    assert.equal(output, "0\n1\n2\nstill\n");
    assert.deepEqual(messages, ["While executing 's :: Script':", "  bad condition 'maybe'"]);
  });

  it("sets variables once with init, publishes them with export", () => {
    const { output } = run({
      s: `export x 5, exportq y "abc", init z $(add 1 2), print $z$y$x, set x 3, print $(s.x), print $(t.name), stop`,
      t: "TYPE PASSIVE, export name me",
    });
    assert.equal(output, "3abc5\n3\nme\n");
  });

  it("prints to files, and saves handlers to them", () => {
    const router = new ScriptRouter({
      s: `export x 5, print > out hi, print >>out "there", printn >>out $(add 1 2), save s.x saved, append s.x saved,
          save s.x, print - , print >- "dash", print $(cat out), print $(catq out), print "$(cat out)", print $(cat none), stop`,
    }).run();
    assert.equal(router.files.get("out"), "there\n3");
    assert.equal(router.files.get("saved"), "5\n5\n");
    assert.equal(router.output, '5\n-\ndash\nthere\n3\n"there\\n3"\nthere\n3\n');
    assert.deepEqual(router.messages, [
      "While executing 's :: Script':",
      "  no 'hi' read handler",
      "  none: No such file or directory",
    ]);
  });

  it("repeats a save in a loop", () => {
    const router = new ScriptRouter({
      s: "export x 5, init n, label a, append s.x f, set n 1$n, goto a $(lt $n 11), stop",
    });
    router.run();
    assert.equal(router.files.get("f"), "5\n5\n");
  });

  it("prints text with its quotes removed, and handlers unless quoted", () => {
    const { output } = run({
      s: `export v 0, print s.v, print "s.v", print '"s.v"', set x s.v, print $x, print $($x), print "$x \\$x", print '$x',
          printq length "a b", print length "a b", printn a"b", printn "c", stop`,
    });
    assert.equal(output, 's.v\n"s.v"\ns.v\n0\ns.v $x\n$x\n3\n5\nc'.replace(/^/, "0\n"));
  });

  it("does not grow its text without bound", () => {
    const { output, messages } = run({
      s: 'set x 0123456789abcdef, label a, set x $x$x, goto a $(ne "$x" ""), print \'done\'',
    });
    assert.equal(output, "done\n");
    assert.deepEqual(new Set(messages), new Set(["While executing 's :: Script':", "  text too long"]));
  });

  it("survives calling its own handlers", () => {
    const { output, messages } = run({
      s: "print 'once', set n $(add 0 0$n), write s.run, print 'never'",
      t: "wait 1, write t.goto x, print 'no', label x, print 'yes', write t.step 5, pause 3, print 'passed', stop",
    });
    assert.match(output, /yes\npassed\n$/);
    assert.ok(!output.includes("never") && !output.includes("no\n"));
    assert.deepEqual(messages, ["s :: Script: too many jumps, giving up"]);
  });

  it("is stepped over its blocks by the step handler", () => {
    const { output, messages } = run({
      s: "wait 100, print 'first', pause 2, print 'second', wait 100, print 'third', pause",
      t: "wait 1, write s.step, print 'one', write s.step, print 'two', write s.step 2, print 'three', write s.step x",
    });
    assert.equal(output, "first\none\ntwo\nsecond\nthird\nthree\n");
    assert.deepEqual(messages.slice(1), ["  While calling 's.step x':", "    syntax error"]);
  });

  it("has the handlers of Click, in its order", () => {
    const router = new ScriptRouter({ s: "TYPE PASSIVE, export a, exportq b" });
    assert.equal(
      router.handlers("s").join(" "),
      "step goto run add sub min max mul div idiv mod rem neg abs eq ne gt ge lt le not sprintf first random and or nand nor " +
        "if in now readable writable length unquote htons htonl ntohs ntohl cat catq kill get set shift a b",
    );
  });
});

describe("a passive script", () => {
  it("runs for a handler, with arguments", () => {
    const { output } = run({
      s: 'TYPE PASSIVE, print "[$0 $write $# $1-$2-$3 $args]", return $2$1',
      t: `print $(s.run a "b c"), write s.run x y, print $?, printn >file $(s.run "\\<0a 09 01>"), readq length "\\<0a 09 01>"`,
    });
    assert.equal(
      output,
      '[run false 2 a-"b c"- a "b c"]\n"b c"a\n[run true 2 x-y- x y]\n0\n[run false 1 "\\<0a 09 01>"-- "\\<0a 09 01>"]\n',
    );
  });

  it("keeps and shifts its arguments", () => {
    const { output } = run({
      s: "TYPE PASSIVE, print $(shift), print $(shift args), return $args",
      t: "print $(s.run a b c d), write set v x y z, print $(shift v), print $(get v), print $(get w), stop",
    });
    assert.equal(output, "a\nb\nc d\nx\ny z\n");
  });
});

describe("a proxy script", () => {
  it("answers to any handler", () => {
    const { output, messages } = run({
      p: `TYPE PROXY, goto nota $(ne $0 a), returnq "you called 'a'", label nota, print "$0 $write $args", error bad handler`,
      driver: "write p.zed 1 2, print $(p.a), print $(p.b x), print $?, print $(p.sprintf %d 3), stop",
    });
    assert.equal(output, "zed true 1 2\nyou called 'a'\nb false x\n-1\n3\n");
    assert.deepEqual(messages, ["While calling 'p.zed 1 2':", "  bad handler", "bad handler"]);
  });
});

describe("a driver script", () => {
  it("is stepped when the driver would stop", () => {
    const { output } = run({
      driver: 'print "start", pause, print "one", pause 2, print "two", stop',
      s: "wait 1, print stopping, write stop, wait 1, write stop, wait 1, write driver.step, stop",
    });
    assert.equal(output, "start\none\ntwo\n");
  });

  it("stops the driver at its first stop when it is empty", () => {
    const router = new ScriptRouter({ driver: "", s: "wait 1, printn x, write stop, wait 1, printn y" }).run();
    assert.equal(router.runCount, 0);
    assert.deepEqual(router.messages, ["While executing 's :: Script':", "  no 'x' read handler"]);
  });

  it("sleeps in between", () => {
    const { output } = run({ driver: "wait 1, print $(now), wait 2, print $(now)" });
    assert.equal(output, "1000000001.000000002\n1000000003.000000004\n");
  });
});

describe("a packet script", () => {
  it("names the output by what it returns", () => {
    const router = new ScriptRouter({
      packet0: "",
      packet1: "end",
      packet2: "exit",
      packet3: "init i 0, set j $i, set i $(if $(eq $i 0) 1 0), return $j",
      packet4: "return $input",
      packet5: "error nothing",
      packet6: "return x",
      packet7: "return -1",
      packet8: "stop",
    });
    const outputs = [0, 1, 2, 3, 3, 4, 5, 6, 7, 8].map((script) => router.packet(`packet${script}`, 7));
    assert.deepEqual(outputs, [0, 0, undefined, 0, 1, 7, undefined, undefined, undefined, undefined]);
    assert.deepEqual(router.messages, ["While executing 'packet5 :: Script':", "  nothing"]);
    assert.equal(router.runCount, 0);
  });
});

describe("a signal script", () => {
  it("is armed again when it ends, and not when it exits", () => {
    const router = new ScriptRouter({ s: "TYPE SIGNAL INT 15, print got, goto exit $(eq 0$n 01), set n 1" });
    assert.deepEqual([...router.awaited], [2, 15]);
    router.signal("s");
    assert.deepEqual([...router.awaited], [2, 15]);
    router.signal("s");
    assert.deepEqual([...router.awaited], []);
    assert.deepEqual(router.messages, ["no 'got' read handler", "no 'got' read handler"]);
  });
});
