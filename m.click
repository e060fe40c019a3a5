a :: Script(init x 0, init y 0, label l0, error "e $x", print "$(b.run r)", print "a0 $(b.get x)", wait 0.595313, setq y "q $x", print "a1 $(a.get x)", write a.run p q, error "e $x", write a.run p q, label l1, label l2);
b :: Script(TYPE PASSIVE, init x 0, init y 0, label l0, label l2, write c.set x 0, pause 2, print "b2 $x $y", write a.set x 4, pause 2, label l1);
c :: Script(init x 0, init y 0, set y $x$y, read b.get x, error "e $x", set y $x$y, label l1, setq y "q $x", pause 2, label l0, end, print c.run z, label l2, error "e $x");
z :: Script(wait 30.5, stop);