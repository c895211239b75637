/** Small pictures (64 x 64, lossy WebP, made for this project): a hill and a sun in three palettes. */
const PICTURES: readonly string[] = [
  "UklGRoYBAABXRUJQVlA4IHoBAADQCgCdASpAAEAAPrFKnkmnJKMhMfOckOAWCWgAvr4NW54x+lHJ2ZAfcdvjrsr3m7IfbgPdLjrnLaK6aGSMEcNuCu39qlpkIYfr7jZjEOn4oq459hvNkzQhpgyzYVBYQAD+9PQ8XDMYQKr0SeTtbTBtv71yxnzoBpMHmH9EOLcriM1z666XkWIkUpqc2l/gOpxZAS6z7CEXipuYQXL4KpfmrH+PZychwBFu8TP+qdFurV2qHa2tQJ+h+03WZg9tf7ejbr2knCr1omiiaK45gETLWQT6pWdVRa9tQzyrOpbUTtFa5jXpw6J031Lf/q8441THVBVDeBELYGj+hXGp5NzjJBm0INaO/VIX3YJTAtRHAVPXXTGH1ig+fUJAtFQjYMGdOB16yrvIX2abLht8q39MjhjhEQ8j70jKZRmkZ8haok12bj5fEcfcMACKVvAPvjLttXkGaMuNXcqGm0ebqpKuaePSwcX04enIApWYAlwmeLsOLkUwm6kAAAA=",
  "UklGRkgBAABXRUJQVlA4IDwBAAAwCQCdASpAAEAAPqVGnUmmJCMhM/mcAMAUiWQAwgY6P6cdW7Mxyos3x9dAeu14U7Is6+BS3NDjMlVH6/ptByfi3lhBKa5xJOBGsMtcOmU7ziQAAP7Qx+BhKqP+bA/28/wR5a8IsTqnw4D52Eb2ikbrVDlMn09RenYXmlWv5etWmPwIlfEll85yLaMjnWGz5S3JHe6wOsQzBf8tEbKkIX8htjFCREK2Lu1w+yblsvdPWxoYjH39J0IAHKv4DYDnUowmiJZjwZh8p46JOSZFa6n/OKx/eVuF/UOcamGDfxqixRN2eamCTjS0oNxvKAjB4GzRzDDvWP/8NiH1Az402ibIa6WGgOtO7xUU3QMO3v9YkrwiMiPbinEAHW7mVUqv/5kcfLlUgXB/RMjL5cp21kxHEPGyADvV4CBEAAAA",
  "UklGRhIBAABXRUJQVlA4IAYBAACwCACdASpAAEAAPqFCmUmmJCKhOfnYAMAUCWUAxXFRw4G0TWJ3LaC8+NociGmNWooBuvHD8r0pO8e6GQdJJjJBT0zX7IpCaCPVs+reJAAA/u5DEJuw7/1E9hHffMWfCYFAZ7pWTT/0WNntKQNtZL/MsiD7Ce2cHKyOp0eusWGy0KcD/YvaARH5NFi96Gxi8hIgxpAbp3BVk45iHnFDRTQ0fCUfj9JS5mdOPNM3TwLW5P5Kn86m8e8YksIItZdAfK7zFeKwU4EOMnRs8zaBp9P8d/ghzX1vyxYZkRNtr8QYABxQWjWsVOeyoRGDorTtcrn1JWPbimhUBR71ppiOITdvBKX7AAAA",
];

/** The picture of a job; the same job always gets the same one. */
export function pictureOf(jobId: string): Uint8Array {
  let sum = 0;
  for (const character of jobId) sum += character.codePointAt(0) ?? 0;
  return Buffer.from(PICTURES[sum % PICTURES.length] ?? "", "base64");
}
