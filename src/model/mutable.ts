/**
 * A type as its maker sees it: what others may only read can be written.
 *
 * An object made for each request or stream tells its state by plain properties, written through this type, or by
 * methods. Not by getters in an object literal: each such object gets a hidden class of its own, which makes it 20
 * times dearer to create, slow to use, and leaves it and all that it reaches to the collector of the old generation.
 * Only the function that makes the object holds it by this type; what it gives away is a `T`. What a property tells stands
 * in one place: where the state is a union, the property is written with the change of state and nowhere else.
 */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
