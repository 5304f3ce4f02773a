import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

/** Draws what it holds, and so loads what that needs, when it comes near the window; `before` stands there until then. */
export function WhenSeen({ children, before, height }: { children: ReactNode; before?: ReactNode; height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (isSeen || !place.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(place.current);
    return () => {
      observer.disconnect();
    };
  }, [isSeen]);
  if (isSeen) return children;
  return (
    <div ref={place} style={{ minHeight: height }}>
      {before}
    </div>
  );
}
