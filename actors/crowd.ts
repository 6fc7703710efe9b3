/** Something that stands in at most one crowd; its place belongs to the crowd. */
export interface Member {
  place: number;
}

/**
 * A set without order, whose members know their places: joining and leaving is cheap and leaves no garbage behind.
 * `Set` will not do where members come and go by the million: V8 makes a new table whenever enough were deleted, each
 * old one refers to its successor, and once one of them is promoted, all that follow survive every scavenge with
 * their content.
 */
export class Crowd<M extends Member> {
  #members: M[] = [];

  get size(): number {
    return this.#members.length;
  }

  join(member: M): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** Of one that is not here nothing happens. */
  leave(member: M): void {
    const members = this.#members;
    if (members[member.place] !== member) return;
    const last = members.pop();
    if (last === undefined || last === member) return;
    members[member.place] = last;
    last.place = member.place;
  }

  /** Empties the crowd and returns who was in it. */
  disperse(): readonly M[] {
    const members = this.#members;
    this.#members = [];
    return members;
  }
}
