import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/**
 * Keeps the end of a box in sight while `isOn`; scrolling up by hand pauses, scrolling to the end follows again. That a box
 * scrolls because its content has become longer or shorter is nobody's hand.
 */
export function useFollow<Box extends HTMLElement>(length: number) {
  const box = useRef<Box>(null);
  const height = useRef(0);
  const [isOn, setOn] = useState(true);
  useLayoutEffect(() => {
    if (isOn && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [isOn, length]);
  useEffect(() => {
    if (!isOn || !box.current) return undefined;
    const sizes = new ResizeObserver(([entry]) => {
      if (entry) entry.target.scrollTop = entry.target.scrollHeight;
    });
    sizes.observe(box.current);
    return () => {
      sizes.disconnect();
    };
  }, [isOn]);
  return {
    box,
    isOn,
    setOn,
    onScroll: () => {
      if (!box.current) return;
      const { scrollTop, scrollHeight, clientHeight } = box.current;
      const isByHand = scrollHeight === height.current;
      height.current = scrollHeight;
      if (isByHand) setOn(scrollHeight - scrollTop - clientHeight < 24);
    },
  };
}
